update feeds.runs as r
set epoch = r.epoch + 1, holder = null, held_until = null, ended_at = clock_timestamp(),
    outcome = $4, problem = $5
where r.catalog_id = $1 and r.source = $2 and r.ended_at is null and r.identity = $3
returning r.run_id
