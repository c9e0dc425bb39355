select true
from projections.generations
where generation = $1 and state = 'building' and holder = $2
for update
