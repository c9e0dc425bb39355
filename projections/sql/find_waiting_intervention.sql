select {columns}
from projections.interventions
where catalog_id = $1 and product_id = $2 and action = $3 and position is not distinct from $4
  and finished_at is null
