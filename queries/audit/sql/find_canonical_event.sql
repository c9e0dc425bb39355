select digest, event_store.canonical_event(
    catalog_id, position, stream_id, version, type, schema_version, data::text, actor,
    correlation_id, causation_id, occurred_at, recorded_at
) as canonical
from event_store.events
where catalog_id = $1 and position = $2
