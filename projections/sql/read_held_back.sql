-- Streams that stand still, and events that were discarded, of those that are to be applied.
select stream_id, null::bigint as discarded
from projections.parked
where catalog_id = $1 and generation = $2 and stream_id = any ($3::uuid[])
union all
select stream_id, position
from projections.discarded
where catalog_id = $1 and stream_id = any ($3::uuid[])
