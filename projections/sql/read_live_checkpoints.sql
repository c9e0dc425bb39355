select k.catalog_id, k.position
from projections.checkpoints k
join projections.generations g on g.generation = k.generation and g.state = 'live'
