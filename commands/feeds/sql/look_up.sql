-- By the keys, row by row, whatever the planner knows of the tables: they grow while it is used.
select a.sku, s.stream_id, coalesce(e.line, p.line), coalesce(p.is_settled, false),
    p.archived_version
from unnest($4::text[], $5::bytea[]) as a (sku, row_digest)
left join lateral (
    select s.stream_id, s.version
    from event_store.claims c
    join event_store.streams s using (catalog_id, stream_id)
    where c.catalog_id = $1 and c.kind = 'sku' and c.value = a.sku
    limit 1
) s on true
left join lateral (
    select
        bool_or(
            offered and row_digest = a.row_digest and stream_id = s.stream_id
            and version = s.version
        ) filter (where source = $2) as is_settled,
        max(line) filter (where source = $2 and run_id = $3) as line,
        max(archived_version) as archived_version
    from feeds.products
    where catalog_id = $1 and sku = a.sku
) p on true
left join lateral (
    select line
    from feeds.seen
    where run_id = $3 and sku = a.sku
    limit 1
) e on true
