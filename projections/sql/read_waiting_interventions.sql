select intervention_id, catalog_id, product_id, action, position, actor, correlation_id, outcome,
    requested_at, finished_at
from projections.interventions
where catalog_id = $1 and finished_at is null
order by requested_at, intervention_id
limit $2
