select c.catalog_id, g.generation, c.head, coalesce(k.position, 0) as position,
       coalesce(extract(epoch from clock_timestamp() - e.recorded_at), 0)::float8 as lag_seconds
from event_store.catalogs c
join projections.generations g on g.state = 'live'
left join projections.checkpoints k
    on k.catalog_id = c.catalog_id and k.generation = g.generation
left join event_store.events e
    on e.catalog_id = c.catalog_id and e.position = coalesce(k.position, 0) + 1
order by c.catalog_id
