with checkpoints as (
    delete from projections.checkpoints where generation = $1
), parked as (
    delete from projections.parked where generation = $1
)
update projections.generations
set state = 'dropped', holder = null, updated_at = clock_timestamp()
where generation = $1
