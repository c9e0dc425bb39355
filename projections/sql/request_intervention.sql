insert into projections.interventions
    (intervention_id, catalog_id, product_id, action, position, actor, correlation_id)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (catalog_id, product_id, action, position) where finished_at is null do nothing
returning {columns}
