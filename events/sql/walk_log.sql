select {recorded}
from event_store.events e
where e.catalog_id = $1
order by e.position
