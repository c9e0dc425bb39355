update projections.generations
set state = 'building', holder = $2, held_until = clock_timestamp() + $3::interval
where generation = (
    select generation
    from projections.generations
    where state = 'retired' and code_digest = $1
    order by switched desc
    limit 1
) and state = 'retired'
returning generation
