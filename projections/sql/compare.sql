with standing as (
    select stream_id from projections.parked where catalog_id = $1 and generation in ($2, $3)
), live as (
    select product_id, array_agg(digest order by digest) as digests
    from (select product_id, md5((row({columns}))::text) as digest from {live} where catalog_id = $1) r
    group by product_id
), built as (
    select product_id, array_agg(digest order by digest) as digests
    from (select product_id, md5((row({columns}))::text) as digest from {built} where catalog_id = $1) r
    group by product_id
), compared as (
    select product_id, cardinality(l.digests) as live_rows, cardinality(b.digests) as built_rows,
           l.digests is distinct from b.digests
               and product_id not in (select stream_id from standing) as differs
    from live l full join built b using (product_id)
)
select coalesce(sum(live_rows), 0)::bigint, coalesce(sum(built_rows), 0)::bigint,
       count(*) filter (where differs),
       (array_agg(product_id::text order by product_id) filter (where differs))[:5]
from compared
