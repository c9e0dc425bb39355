update feeds.runs
set holder = null, held_until = null
where run_id = $1 and epoch = $2 and ended_at is null
