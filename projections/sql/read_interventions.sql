select {columns}
from projections.interventions
where catalog_id = $1
order by requested_at desc, intervention_id desc
limit $2
