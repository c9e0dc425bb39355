update jobs.jobs
set held_until = clock_timestamp() + $3, progress = $4, details = $5, updated_at = clock_timestamp()
where job_id = $1 and epoch = $2 and state = 'running'
returning job_id
