select c.catalog_id, c.head, coalesce(s.size, 0) as signed
from event_store.catalogs c
left join lateral (
    select k.size
    from event_store.checkpoints k
    where k.catalog_id = c.catalog_id
    order by k.size desc
    limit 1
) s on true
order by c.catalog_id
