insert into feeds.products as p
    (catalog_id, source, sku, stream_id, version, offered, archived_version)
select $1, $2, a.sku, a.stream_id, coalesce(a.version, 0), false, a.version
from unnest($3::text[], $4::uuid[], $5::integer[]) as a (sku, stream_id, version)
on conflict (catalog_id, sku, source) do update
set offered = false, archived_version = excluded.archived_version
