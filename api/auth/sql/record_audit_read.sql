insert into access.audit_reads (
    catalog_id, actor, operation, path, query, correlation_id, client, following
)
values ($1, $2, $3, $4, $5, $6, $7, $8)
