select size, root, note
from event_store.checkpoints
where catalog_id = $1 and size > $2 and size <= $3
order by size
