select {columns}
from jobs.jobs
where catalog_id = $1 and kind = $2
order by job_id desc
limit $3
