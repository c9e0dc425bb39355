select form, columns
from feeds.runs
where run_id = $1
