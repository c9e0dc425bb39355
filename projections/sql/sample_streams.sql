select distinct stream_id
from event_store.events
where catalog_id = $1 and position = any ($2::bigint[])
