select {columns}
from jobs.jobs
where job_id = any($1)
