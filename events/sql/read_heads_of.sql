select catalog_id, head
from event_store.catalogs
where catalog_id = any ($1)
