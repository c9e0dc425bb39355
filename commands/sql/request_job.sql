-- One import of a source at a time, and so many of a catalog; and one rebuild: of this code at all,
-- of other code while a worker holds it. What nobody of its own code is left to run keeps nobody
-- from asking.
insert into jobs.jobs
    (job_id, kind, catalog_id, actor, correlation_id, arguments, code_digest, details)
select $1, $2, $3, $4, $5, $6, $7, json_build_object()
where ($2 <> 'rebuild' or not exists (
    select
    from jobs.jobs
    where kind = 'rebuild' and state = 'running' and held_until > clock_timestamp()
)) and ($2 <> 'import' or $8 > (
    select count(*)
    from jobs.jobs
    where kind = 'import' and state in ('queued', 'running') and catalog_id = $3
))
on conflict do nothing
returning {columns}
