update projections.checkpoints
set epoch = epoch + 1, held_until = '-infinity'
where catalog_id = $1 and generation = $2
