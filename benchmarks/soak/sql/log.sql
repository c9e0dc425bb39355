select position, stream_id::text as product, version, type, data::json ->> 'name' as name,
       data::json ->> 'sku' as sku, data::json ->> 'currency' as currency,
       data::json ->> 'amount' as amount
from event_store.events
where catalog_id = $1
order by position
