update jobs.jobs
set cancelling = true
where job_id = $1 and state in ('queued', 'running')
returning {columns}
