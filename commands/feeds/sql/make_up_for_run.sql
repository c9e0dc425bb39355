-- What a run appended that was broken off before it could be kept: else its source would not know
-- what it has registered, and take what it has archived for somebody's.
with appended as (
    select distinct on (e.stream_id)
        r.catalog_id, r.source, e.stream_id, e.version,
        e.type = 'ProductArchived' and e.data ->> 'reason' = $2 as is_archived
    from feeds.runs r
    join event_store.events e
        on e.catalog_id = r.catalog_id and e.position > r.head
        and e.correlation_id = r.correlation_id
    where r.run_id = $1 and not r.dry_run
    order by e.stream_id, e.version desc
)
insert into feeds.products as p
    (catalog_id, source, sku, stream_id, version, offered, archived_version)
select a.catalog_id, a.source, first.data ->> 'sku', a.stream_id, a.version,
    not a.is_archived, case when a.is_archived then a.version end
from appended a
join event_store.events first
    on first.catalog_id = a.catalog_id and first.stream_id = a.stream_id and first.version = 1
on conflict (catalog_id, sku, source) do update
set stream_id = excluded.stream_id, version = excluded.version, offered = excluded.offered,
    archived_version = excluded.archived_version, row_digest = null
where p.version < excluded.version
