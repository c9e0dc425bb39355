select generation
from projections.generations
where state = 'building' and held_until < clock_timestamp()
    or state = 'retired' and updated_at < clock_timestamp() - $1::interval
order by generation
limit 1
for update skip locked
