select generation, holder, held_until > clock_timestamp() as alive
from projections.generations
where state = 'building'
for update
