update jobs.jobs
set state = 'queued', attempts = attempts - 1, holder = null, held_until = null,
    updated_at = clock_timestamp()
where job_id = $1 and epoch = $2 and state = 'running'
returning job_id
