-- Catalogs with their heads, and those that only other tables still tell of.
with known as (
    select catalog_id from event_store.catalogs
    union select catalog_id from event_store.events
    union select catalog_id from event_store.streams
    union select catalog_id from event_store.claims
    union select catalog_id from event_store.idempotency
    union select catalog_id from event_store.snapshots
    union select catalog_id from event_store.tree_nodes
    union select catalog_id from event_store.checkpoints
)
select k.catalog_id, c.head
from known k
left join event_store.catalogs c on c.catalog_id = k.catalog_id
order by k.catalog_id
