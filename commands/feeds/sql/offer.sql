insert into feeds.products as p
    (catalog_id, source, run_id, sku, stream_id, row_digest, version, line, offered)
select $1, $2, $3, a.sku, a.stream_id, a.row_digest, a.version, a.line, true
from unnest($4::text[], $5::uuid[], $6::bytea[], $7::integer[], $8::bigint[])
    as a (sku, stream_id, row_digest, version, line)
on conflict (catalog_id, sku, source) do update
set stream_id = excluded.stream_id, row_digest = excluded.row_digest, version = excluded.version,
    offered = true, archived_version = null, run_id = excluded.run_id, line = excluded.line
