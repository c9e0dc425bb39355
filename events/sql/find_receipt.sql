select request_digest, stream_id, version, position
from event_store.idempotency
where catalog_id = $1 and key = $2
