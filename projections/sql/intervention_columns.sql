intervention_id, catalog_id, product_id, action, position, actor, correlation_id, outcome,
    requested_at, finished_at
