-- One category after the other is found and counted in the index: the planner would rather read
-- the table, and in parallel.
with recursive shown as not materialized (
    select category
    from read.product_search
    where catalog_id = $1 and status <> 'archived'
),
categories as (
    select min(category) as category
    from shown
    union all
    select (select min(s.category) from shown s where s.category > c.category)
    from categories c
    where c.category is not null
)
select category, (select count(*) from shown s where s.category = c.category) as count
from categories c
where category is not null
