update feeds.runs
set holder = null, held_until = null, ended_at = clock_timestamp(), outcome = $3, problem = $4
where run_id = $1 and epoch = $2 and ended_at is null
returning run_id
