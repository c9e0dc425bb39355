select value, stream_id
from event_store.claims
where catalog_id = $1 and kind = $2 and value = any ($3::text[])
