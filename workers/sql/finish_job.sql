update jobs.jobs
set state = $3, progress = $4, details = $5, problem = $6, holder = null, held_until = null,
    updated_at = clock_timestamp(), finished_at = clock_timestamp()
where job_id = $1 and epoch = $2 and state = 'running'
returning job_id
