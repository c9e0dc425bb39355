-- Rows change with the position, or without it when an operator or a worker mends products. While
-- nothing of that has moved since $2, the products are not looked at. Else one category after the
-- other is found and counted in the index: the planner would rather read the table, and in parallel.
with recursive standing as (
    select coalesce(k.position, 0) as position, concat_ws(' ',
        g.switched,
        k.position,
        (select concat_ws(' ', count(*), max(p.parked_at))
         from projections.parked p
         where p.catalog_id = $1 and p.generation = g.generation),
        (select concat_ws(' ', count(*), max(i.finished_at))
         from projections.interventions i
         where i.catalog_id = $1 and i.finished_at is not null)
    ) as state
    from projections.generations g
    left join projections.checkpoints k on k.catalog_id = $1 and k.generation = g.generation
    where g.state = 'live'
),
shown as not materialized (
    select category
    from read.product_search
    where catalog_id = $1 and status <> 'archived'
),
categories as (
    select min(category) as category
    from shown
    where (select state from standing) is distinct from $2
    union all
    select (select min(s.category) from shown s where s.category > c.category)
    from categories c
    where c.category is not null
)
select s.position, s.state, c.category, c.count
from standing s
left join (
    select category, (select count(*) from shown s where s.category = c.category) as count
    from categories c
    where category is not null
) c on true
