select stream_id, version, position, state
from event_store.snapshots
where catalog_id = $1 and stream_id = any ($2::uuid[]) and code_digest = $3
