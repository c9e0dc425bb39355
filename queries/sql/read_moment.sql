-- Rows change with the position, or without it when an operator or a worker mends products. A
-- restored database may come to the same position on another way, under another epoch.
select coalesce(k.position, 0) as position, concat_ws(' ',
    g.switched,
    k.epoch,
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
