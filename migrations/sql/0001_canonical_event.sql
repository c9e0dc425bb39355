-- An event as RFC 8785 canonical JSON: members sorted by name, no white space, times in UTC.
create function event_store.canonical_event(
    catalog text, log_position bigint, stream uuid, version integer, type text,
    schema_version smallint, data text, actor text, correlation text, causation text,
    occurred_at timestamptz, recorded_at timestamptz
) returns text language sql stable as $$
    select '{"actor":' || to_json(actor)
        || ',"catalog_id":' || to_json(catalog)
        || ',"causation_id":' || coalesce(to_json(causation)::text, 'null')
        || ',"correlation_id":' || to_json(correlation)
        || ',"data":' || data
        || ',"occurred_at":"' || to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
        || '","position":' || log_position
        || ',"recorded_at":"' || to_char(recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
        || '","schema_version":' || schema_version
        || ',"stream_id":"' || stream
        || '","type":' || to_json(type)
        || ',"version":' || version || '}'
$$;
