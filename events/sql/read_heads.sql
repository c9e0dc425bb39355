select catalog_id, head
from event_store.catalogs
order by catalog_id
