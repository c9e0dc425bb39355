update jobs.jobs as j
set state = 'running', epoch = j.epoch + 1, attempts = j.attempts + 1, holder = $2,
    held_until = clock_timestamp() + $3, updated_at = clock_timestamp()
where j.job_id = (
    select job_id
    from jobs.jobs
    where kind = any($1) and (code_digest = $4 or kind = 'import') and not cancelling
      and (state = 'queued' or state = 'running' and held_until < clock_timestamp())
    order by kind = 'import', job_id
    limit 1
    for update skip locked
)
returning job_id, epoch, attempts
