-- A product's digest is the sum of its rows': they have no order.
with standing as (
    select stream_id from projections.parked where catalog_id = $1 and generation in ($2, $3)
), live as (
    select product_id, count(*) as rows,
           sum(hash_record_extended(row({columns}), 0)::numeric) as digest
    from only {live}
    where catalog_id = $1
    group by product_id
), built as (
    select product_id, count(*) as rows,
           sum(hash_record_extended(row({columns}), 0)::numeric) as digest
    from only {built}
    where catalog_id = $1
    group by product_id
), compared as (
    select product_id, l.rows as live_rows, b.rows as built_rows,
           (l.rows, l.digest) is distinct from (b.rows, b.digest)
               and product_id not in (select stream_id from standing) as differs
    from live l full join built b using (product_id)
)
select coalesce(sum(live_rows), 0)::bigint, coalesce(sum(built_rows), 0)::bigint,
       count(*) filter (where differs),
       (array_agg(product_id::text order by product_id) filter (where differs))[:5]
from compared
