-- A receipt of a command that changed nothing, for a product that never was, has version 0.
select i.key, i.stream_id, i.version, i.position, e.position as logged
from event_store.idempotency i
left join event_store.events e
       on e.catalog_id = i.catalog_id and e.stream_id = i.stream_id and e.version = i.version
where i.catalog_id = $1
  and i.position is distinct from coalesce(e.position, case i.version when 0 then 0 end)
