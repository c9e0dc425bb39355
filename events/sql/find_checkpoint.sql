select c.size, c.root, c.note, c.recorded_at, k.name, k.public_key
from event_store.checkpoints c
cross join event_store.log_keys k
where c.catalog_id = $1
order by c.size desc
limit 1
