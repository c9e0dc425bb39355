-- What a fold needs of an event e. A row that is not what it was has to be read all the same, to be
-- named: what was taken from it and times that Python has no form for are replaced, and its digest tells.
coalesce(e.position, 0) as position, e.stream_id, coalesce(e.version, 0) as version,
e.type, e.schema_version, e.data::text as data, e.actor,
least(greatest(e.occurred_at, '0001-01-01Z'), '9999-12-31 23:59:59.999999Z') as occurred_at
