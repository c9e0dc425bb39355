select job_id
from jobs.jobs
where kind = 'rebuild' and state in ('queued', 'running')
  and (code_digest = $1 or held_until > clock_timestamp())
