select c.size, c.root, c.note, c.recorded_at, k.name, k.public_key
from event_store.checkpoints c
cross join event_store.log_keys k
where c.catalog_id = $1
  and c.size between coalesce($2::bigint, 0) and coalesce($2, 9223372036854775807)
order by c.size desc
limit 1
