select *
from event_store.events
where catalog_id = $1 and stream_id = $2 and version > $3
order by version
limit $4
