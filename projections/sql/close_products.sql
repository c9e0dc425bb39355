-- What held for no time at all, as between events of one moment, leaves no trace.
with closed as (
    delete from only {table} t
    using unnest($2::uuid[], $3::timestamptz[]) as closing (product_id, ended)
    where t.catalog_id = $1 and t.product_id = closing.product_id
    returning t.*, closing.ended
)
insert into {past} ({columns}, until)
select {columns}, ended
from closed
where since < ended
