select stream_id, kind, version, position,
       least(greatest(last_occurred_at, '0001-01-01Z'), '9999-12-31 23:59:59.999999Z')
from event_store.streams
where catalog_id = $1
