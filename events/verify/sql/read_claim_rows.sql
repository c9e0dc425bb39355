select kind, value, stream_id
from event_store.claims
where catalog_id = $1
