with sampled as (
    select distinct stream_id
    from event_store.events
    where catalog_id = $1 and position = any ($2::bigint[])
)
select stream_id as product_id from sampled
union
select beside.product_id
from sampled
cross join lateral (
    select d.product_id
    from {schema}.product_details d
    where d.catalog_id = $1 and d.product_id > sampled.stream_id
    order by d.product_id
    limit 1
) beside
