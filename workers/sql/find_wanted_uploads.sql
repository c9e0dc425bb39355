select arguments->>'file' as file
from jobs.jobs
where kind = 'import' and state in ('queued', 'running')
