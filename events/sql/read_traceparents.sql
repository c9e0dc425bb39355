select e.traceparent
from event_store.events e
where e.catalog_id = $1 and e.position > $2 and e.position <= $3 and e.traceparent is not null
group by e.traceparent
order by min(e.position)
limit $4
