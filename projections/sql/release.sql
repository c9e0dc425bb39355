update projections.checkpoints
set held_until = '-infinity'
where catalog_id = $1 and generation = $2 and epoch = $3
