delete from jobs.jobs
where finished_at < now() - $1::interval
