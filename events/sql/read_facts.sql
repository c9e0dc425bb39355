select {fact}
from event_store.events e
where e.catalog_id = $1 and e.stream_id = $2 and e.version > $3 and e.version <= $4
order by e.version
limit $5
