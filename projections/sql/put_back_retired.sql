with put_back as (
    update projections.generations
    set state = 'retired', holder = null, updated_at = clock_timestamp()
    where generation = $1 and state = 'building' and switched is not null
    returning generation
), let_go as (
    update projections.checkpoints
    set epoch = epoch + 1, held_until = '-infinity'
    where generation in (select generation from put_back)
)
select generation from put_back
