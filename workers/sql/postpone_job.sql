-- Held by nobody until then.
update jobs.jobs
set attempts = attempts - 1, held_until = clock_timestamp() + $3, updated_at = clock_timestamp()
where job_id = $1 and epoch = $2 and state = 'running'
returning job_id
