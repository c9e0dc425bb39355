-- By a job, or by a process that holds the lease of the source without one.
select job_id
from jobs.jobs
where kind = 'import' and state in ('queued', 'running')
  and catalog_id = $1 and arguments->>'source' = $2
union all
select null
from feeds.runs
where catalog_id = $1 and source = $2 and ended_at is null and held_until > clock_timestamp()
order by job_id nulls last
limit 1
