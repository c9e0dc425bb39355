select p.catalog_id, p.generation, p.switched, p.code_digest, p.head, p.position,
       greatest(extract(epoch from clock_timestamp() - (
           select e.recorded_at
           from event_store.events e
           where e.catalog_id = p.catalog_id and e.position = p.position + 1
               and isfinite(e.recorded_at)
       )), 0)::float8 as lag_seconds, (
           select count(*)
           from projections.parked k
           where k.catalog_id = p.catalog_id and k.generation = p.generation
       ) as parked, (
           select count(*)
           from projections.interventions i
           where i.catalog_id = p.catalog_id and i.finished_at is null
       ) as waiting
from (
    select c.catalog_id, g.generation, g.switched, g.code_digest, c.head, coalesce((
        select k.position
        from projections.checkpoints k
        where k.catalog_id = c.catalog_id and k.generation = g.generation
    ), 0) as position
    from event_store.catalogs c
    join projections.generations g on g.state = 'live'
    offset 0
) p
order by p.catalog_id
