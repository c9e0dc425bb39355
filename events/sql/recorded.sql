-- All that is known of an event e, after the columns of `fact.sql`.
{fact},
e.catalog_id, e.correlation_id, e.causation_id,
least(greatest(e.recorded_at, '0001-01-01Z'), '9999-12-31 23:59:59.999999Z') as recorded_at,
coalesce(e.digest, '') as digest
