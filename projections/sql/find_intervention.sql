select intervention_id, catalog_id, product_id, action, position, actor, correlation_id, outcome,
    requested_at, finished_at
from projections.interventions
where catalog_id = $1 and intervention_id = $2
