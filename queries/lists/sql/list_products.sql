-- One row: a page, and what is said of the whole list.
with {found}walked as (
    {walked}
), page as (
    select product_id, key,
           row_number() over (order by key {way} nulls last, product_id {way}) as place
    from walked
)
select
    ({total}) as total,
    array[{facets}]::text[] as facets,
    shown.*
from (
    select array_agg(d.document::text order by place) as documents,
           array_agg(product_id order by place) as products,
           array_agg(key order by place) as keys
    from page
    join {details} using (product_id)
    where {shown}
) shown
