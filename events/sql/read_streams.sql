select *
from event_store.events
where catalog_id = $1 and stream_id = any ($2::uuid[])
order by stream_id, version
