select from projections.checkpoints
where catalog_id = $1 and generation = $2 and epoch = $3 and position = $4
