-- Times that Python has no form for are brought to the nearest that it has: such an event is not
-- what was hashed, and has to be read to be named.
select catalog_id, position, stream_id, version, type, schema_version, data, actor,
       correlation_id, causation_id,
       least(greatest(occurred_at, '0001-01-01Z'), '9999-12-31 23:59:59.999999Z') as occurred_at,
       least(greatest(recorded_at, '0001-01-01Z'), '9999-12-31 23:59:59.999999Z') as recorded_at,
       digest
from event_store.events
where catalog_id = $1
order by position
