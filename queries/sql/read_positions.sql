select c.catalog_id, s.source, coalesce(s.position, 0) as position
from event_store.catalogs c
cross join lateral (values
    ('appended', c.head),
    ('projected', (
        select k.position
        from projections.checkpoints k
        join projections.generations g on g.generation = k.generation and g.state = 'live'
        where k.catalog_id = c.catalog_id
    )),
    ('signed', (
        select max(n.size)
        from event_store.checkpoints n
        where n.catalog_id = c.catalog_id
    ))
) s (source, position)
where c.catalog_id = any($1)
