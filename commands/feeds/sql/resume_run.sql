update feeds.runs as r
set epoch = r.epoch + 1, holder = $4, held_until = clock_timestamp() + $5::interval
where r.catalog_id = $1 and r.source = $2 and r.ended_at is null and r.identity = $3
  and (r.held_until is null or r.held_until < clock_timestamp())
returning r.run_id as id, r.epoch, r.correlation_id, r.head, r.line, r.position, r.counts
