-- A catalog's oldest, so many of them and what was recorded at the very moments of these.
delete from access.audit_reads
where catalog_id = $1
    and recorded_at = any (array(
        select recorded_at
        from access.audit_reads
        where catalog_id = $1 and recorded_at < now() - $2::interval
        order by recorded_at
        limit $3
    ))
