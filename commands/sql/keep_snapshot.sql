insert into event_store.snapshots as kept
    (catalog_id, stream_id, code_digest, version, position, state)
values ($1, $2, $3, $4, $5, $6)
on conflict (catalog_id, stream_id, code_digest) do update
set version = excluded.version, position = excluded.position, state = excluded.state,
    recorded_at = now()
where kept.version < excluded.version
