update jobs.jobs
set state = 'cancelled', epoch = epoch + 1, holder = null, held_until = null,
    updated_at = clock_timestamp(), finished_at = clock_timestamp()
where cancelling and (state = 'queued' or state = 'running' and held_until < clock_timestamp())
returning job_id
