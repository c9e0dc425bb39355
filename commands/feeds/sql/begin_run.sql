insert into feeds.runs as r
    (run_id, catalog_id, source, mode, dry_run, identity, form, columns, actor, correlation_id,
     counts, holder, held_until, head)
select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, clock_timestamp() + $13::interval, c.head
from event_store.catalogs c
where c.catalog_id = $2
on conflict (catalog_id, source) where ended_at is null do nothing
returning r.run_id as id, r.epoch, r.correlation_id, r.head, r.line, r.position, r.counts
