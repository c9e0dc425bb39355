select recorded_at, read_id, actor, operation, path, query, correlation_id, client
from access.audit_reads
where catalog_id = $1
    and ($2::text is null or actor = $2)
    and ($3::text is null or operation = $3)
    and recorded_at >= coalesce($4, '-infinity'::timestamptz)
    and recorded_at < coalesce($5, 'infinity'::timestamptz)
    and (recorded_at, read_id) < (
        coalesce($6, 'infinity'::timestamptz),
        coalesce($7, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
    )
order by recorded_at desc, read_id desc
limit $8
