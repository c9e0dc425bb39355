-- What brings an import further than it ever was is as good as its first attempt: it goes on where
-- it was broken off.
update jobs.jobs
set held_until = clock_timestamp() + $3, progress = $4, details = $5,
    attempts = case when kind = 'import' and $4 > progress then 1 else attempts end,
    updated_at = clock_timestamp()
where job_id = $1 and epoch = $2 and state = 'running'
returning cancelling
