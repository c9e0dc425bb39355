-- Of the next products that the source has offered until now: the last one's SKU, and what neither
-- it nor another source offers any more. A subquery of one row is looked up by its key, whatever
-- the planner knows of a table that is emptied after each import.
with page as materialized (
    select sku, stream_id, run_id
    from feeds.products
    where catalog_id = $1 and source = $2 and offered and sku > $4
    order by sku
    limit $5
), missing as (
    select p.sku, p.stream_id, exists (
        select
        from feeds.products o
        where o.catalog_id = $1 and o.sku = p.sku and o.source <> $2 and o.offered
    ) as is_offered_elsewhere
    from page p
    where p.run_id is distinct from $3
      and (select e.line from feeds.seen e where e.run_id = $3 and e.sku = p.sku) is null
)
select l.sku as last, m.sku, m.stream_id, m.is_offered_elsewhere
from (select max(sku) as sku from page) l
left join missing m on true
