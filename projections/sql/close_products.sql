-- What held for no time at all, as between events of one moment, leaves no trace.
with closed as (
    delete from {table} t
    using unnest($2::uuid[], $3::timestamptz[]) as closing (product_id, until)
    where t.catalog_id = $1 and t.product_id = closing.product_id
    returning t.*, closing.until
)
insert into {past} ({columns}, until)
select {columns}, until
from closed
where since < until
