select job_id
from jobs.jobs
where kind = 'import' and state in ('queued', 'running')
  and catalog_id = $1 and arguments->>'source' = $2
