-- The first event that is later ends what was known at the moment, whatever a damaged log says then.
select e.version - 1
from event_store.events e
where e.catalog_id = $1 and e.stream_id = $2 and e.occurred_at > $3
order by e.version
limit 1
