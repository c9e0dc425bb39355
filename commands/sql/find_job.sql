select {columns}
from jobs.jobs
where job_id = $1
