select stream_id, version, position, state
from event_store.snapshots
where catalog_id = $1 and code_digest = $2
order by stream_id
