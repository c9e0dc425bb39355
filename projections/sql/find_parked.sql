select stream_id
from projections.parked
where catalog_id = $1 and generation = $2 and stream_id = any ($3::uuid[])
