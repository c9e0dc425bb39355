update feeds.runs
set held_until = clock_timestamp() + $3::interval, line = $4, position = $5, counts = $6
where run_id = $1 and epoch = $2 and ended_at is null
returning run_id
