insert into projections.parked (catalog_id, generation, stream_id, position, reason, drifted)
values ($1, $2, $3, $4, $5, true)
