select {recorded}
from event_store.events e
where e.catalog_id = $1 and e.stream_id >= $2 and e.stream_id <= $3 and e.position <= $4
order by e.stream_id, e.version
