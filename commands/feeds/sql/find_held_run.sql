select run_id, holder, held_until
from feeds.runs
where catalog_id = $1 and source = $2 and ended_at is null
