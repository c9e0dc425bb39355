select size, root, note
from event_store.checkpoints
where catalog_id = $1 and size between $2 and $3
order by size
