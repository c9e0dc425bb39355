insert into jobs.jobs (job_id, kind, catalog_id, actor, correlation_id, arguments, details)
values ($1, $2, $3, $4, $5, $6, json_build_object())
on conflict (kind) where kind = 'rebuild' and state in ('queued', 'running') do nothing
returning {columns}
