select position from projections.checkpoints where catalog_id = $1 and generation = $2
