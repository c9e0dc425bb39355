update projections.checkpoints
set position = $5, held_until = clock_timestamp() + $6
where catalog_id = $1 and generation = $2 and epoch = $3 and position = $4
returning position
