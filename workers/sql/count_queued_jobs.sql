select kind, count(*) as jobs, extract(epoch from clock_timestamp() - min(created_at))::float as age
from jobs.jobs
where state = 'queued'
group by kind
