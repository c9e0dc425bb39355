job_id as id, kind, catalog_id as catalog, actor, correlation_id, arguments, state, cancelling,
progress, details, problem, created_at, updated_at, finished_at
