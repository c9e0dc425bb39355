select line, sku, faults, text
from feeds.failures
where run_id = $1 and line > $2
order by line
limit $3
