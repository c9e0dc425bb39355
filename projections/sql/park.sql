insert into projections.parked (catalog_id, generation, stream_id, position, reason)
values ($1, $2, $3, $4, $5)
on conflict (catalog_id, generation, stream_id) do update
set position = excluded.position, reason = excluded.reason
