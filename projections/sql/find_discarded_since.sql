-- Streams that a generation has stand still before an event that was discarded after it got there.
select stream_id
from projections.parked p
join projections.discarded d using (catalog_id, stream_id, position)
where p.catalog_id = $1 and p.generation = $2
