-- One rebuild at a time: of this code at all, of other code while a worker holds it. What nobody of
-- its own code is left to run keeps nobody from asking.
insert into jobs.jobs
    (job_id, kind, catalog_id, actor, correlation_id, arguments, code_digest, details)
select $1, $2, $3, $4, $5, $6, $7, json_build_object()
where $2 <> 'rebuild' or not exists (
    select
    from jobs.jobs
    where kind = 'rebuild' and state = 'running' and held_until > clock_timestamp()
)
on conflict (kind, code_digest) where kind = 'rebuild' and state in ('queued', 'running') do nothing
returning {columns}
