select coalesce(max(size), 0)
from event_store.checkpoints
where catalog_id = $1
