update projections.generations
set state = 'retired', holder = null, updated_at = clock_timestamp()
where generation = $1 and state = 'building' and holder = $2
