-- Catalogs with their heads, and those that only events or signed checkpoints still tell of.
with recursive logged (catalog_id) as (
    select min(catalog_id) from event_store.events
    union all
    select (select min(e.catalog_id) from event_store.events e where e.catalog_id > l.catalog_id)
    from logged l
    where l.catalog_id is not null
), known as (
    select catalog_id from event_store.catalogs
    union
    select catalog_id from event_store.checkpoints
    union
    select catalog_id from logged where catalog_id is not null
)
select k.catalog_id, c.head
from known k
left join event_store.catalogs c on c.catalog_id = k.catalog_id
order by k.catalog_id
