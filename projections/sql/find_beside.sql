-- Of a table, the products on either side of each stream: those of no stream are found, too.
select beside.product_id
from unnest($2::uuid[]) as sampled (stream_id)
cross join lateral (
    (
        select t.product_id
        from only {table} t
        where t.catalog_id = $1 and t.product_id < sampled.stream_id
        order by t.product_id desc
        limit 1
    )
    union all
    (
        select t.product_id
        from only {table} t
        where t.catalog_id = $1 and t.product_id > sampled.stream_id
        order by t.product_id
        limit 1
    )
) beside
