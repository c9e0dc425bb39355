-- Rows change with the position, or without it when an operator or a worker mends products. While
-- nothing of that has moved since $2, the products are not looked at.
with standing as (
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
counted as (
    select category, count(*) as count
    from read.product_search
    where catalog_id = $1 and category is not null and status <> 'archived'
        and (select state from standing) is distinct from $2
    group by category
)
select s.position, s.state, c.category, c.count
from standing s
left join counted c on true
