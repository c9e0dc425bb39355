alter table jobs.jobs add column cancelling boolean not null default false;

create unique index jobs_one_import on jobs.jobs (catalog_id, (arguments->>'source'))
    where kind = 'import' and state in ('queued', 'running');

grant update (cancelling) on jobs.jobs to catalog_command;
