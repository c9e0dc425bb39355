update projections.generations
set held_until = clock_timestamp() + $3, progress = $4
where generation = $1 and holder = $2 and state = 'building'
