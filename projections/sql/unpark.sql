delete from projections.parked
where catalog_id = $1 and generation = $2 and stream_id = $3
