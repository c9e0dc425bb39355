update feeds.runs
set held_until = clock_timestamp() + $3::interval
where run_id = $1 and epoch = $2 and ended_at is null
returning run_id
