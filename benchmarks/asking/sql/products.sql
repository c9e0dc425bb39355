select stream_id::text as id, value as sku
from event_store.claims
where kind = 'sku'
order by random()
limit $1
