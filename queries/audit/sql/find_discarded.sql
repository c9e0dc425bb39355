select stream_id, position
from projections.discarded
where catalog_id = $1 and stream_id = any ($2)
