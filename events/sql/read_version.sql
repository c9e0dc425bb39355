select coalesce(max(version), 0)
from event_store.events
where catalog_id = $1 and stream_id = $2
