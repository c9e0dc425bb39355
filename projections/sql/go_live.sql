with let_go as (
    update projections.checkpoints set held_until = '-infinity' where generation = $1
)
update projections.generations
set state = 'live', switched = nextval('projections.switches'), holder = null,
    held_until = '-infinity', updated_at = clock_timestamp()
where generation = $1
returning switched
