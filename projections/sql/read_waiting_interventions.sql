select {columns}
from projections.interventions
where catalog_id = $1 and finished_at is null
order by requested_at, intervention_id
limit $2
