select *
from event_store.events
where catalog_id = $1 and position > $2
order by position
limit $3
