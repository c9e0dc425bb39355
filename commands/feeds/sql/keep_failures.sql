insert into feeds.failures (run_id, line, sku, faults, text)
select $1, a.line, a.sku, a.faults, a.text
from unnest($2::bigint[], $3::text[], $4::json[], $5::text[]) as a (line, sku, faults, text)
on conflict do nothing
