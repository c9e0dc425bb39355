select {recorded}
from event_store.events e
where e.catalog_id = $1 and e.position > $2
order by e.position
limit $3
