select job_id
from jobs.jobs
where kind = 'rebuild' and state in ('queued', 'running')
