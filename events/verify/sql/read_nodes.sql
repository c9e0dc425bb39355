select level, index, hash
from event_store.tree_nodes
where catalog_id = $1
