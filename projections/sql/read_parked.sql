select stream_id, position, reason, drifted, parked_at
from projections.parked
where catalog_id = $1 and generation = $2
order by position
limit $3
