select head
from event_store.catalogs
where catalog_id = $1
