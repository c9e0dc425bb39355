-- The first event that is later ends what was known at the moment, whatever a damaged log says then.
-- One of a time that is none belongs to the event before it: see `Fact.dated`.
select e.version - 1
from event_store.events e
where e.catalog_id = $1 and e.stream_id = $2
    and e.occurred_at > $3 and e.occurred_at < '9999-12-31 23:59:59.999999Z'
order by e.version
limit 1
