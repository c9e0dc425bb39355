insert into projections.generations (generation, state, code_digest, holder, held_until)
select max(generation) + 1, 'building', $1, $2, clock_timestamp() + $3::interval
from projections.generations
returning generation
