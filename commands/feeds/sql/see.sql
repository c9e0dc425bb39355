insert into feeds.seen (run_id, sku, line)
select $1, a.sku, a.line
from unnest($2::text[], $3::bigint[]) as a (sku, line)
on conflict do nothing
