select recorded_at, read_id, actor, operation, path, query, following, correlation_id, client
from access.audit_reads
where catalog_id = $1
    and recorded_at >= coalesce($2, '-infinity'::timestamptz)
    and recorded_at < coalesce($3, 'infinity'::timestamptz)
    and (recorded_at, read_id) < (
        coalesce($4, 'infinity'::timestamptz),
        coalesce($5, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
    )
order by recorded_at desc, read_id desc
limit $6
