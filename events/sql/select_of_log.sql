select {recorded}
from event_store.events e
where e.catalog_id = $1 and e.position > $2 and e.position <= $3
  and (cardinality($5::text[]) = 0 or e.type = any ($5))
  and ($6::text is null or e.actor = $6)
  and ($7::timestamptz is null or e.occurred_at >= $7)
  and ($8::timestamptz is null or e.occurred_at < $8)
order by e.position
limit $4
