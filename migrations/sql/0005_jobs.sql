create schema jobs;

create table jobs.jobs (
    job_id         uuid primary key,
    kind           text not null,
    catalog_id     text not null,
    actor          text not null,
    correlation_id text not null,
    arguments      json not null,
    code_digest    bytea not null,
    state          text not null default 'queued',
    progress       double precision not null default 0,
    details        json not null,
    problem        text,
    epoch          integer not null default 0,
    attempts       integer not null default 0,
    holder         text,
    held_until     timestamptz,
    created_at     timestamptz not null default now(),
    updated_at     timestamptz not null default now(),
    finished_at    timestamptz,
    constraint jobs_state check (
        state in ('queued', 'running', 'succeeded', 'failed', 'cancelled')
    ),
    constraint jobs_progress check (progress between 0 and 1),
    constraint jobs_held check ((state = 'running') = (held_until is not null)),
    constraint jobs_finished check (
        (state in ('queued', 'running')) = (finished_at is null)
    )
);
create unique index jobs_one_rebuild on jobs.jobs (kind, code_digest)
    where kind = 'rebuild' and state in ('queued', 'running');
create index jobs_unfinished on jobs.jobs (job_id) where state in ('queued', 'running');
create index jobs_finished_at on jobs.jobs (finished_at);

grant usage on schema jobs to catalog_command, catalog_query, catalog_projection;
grant select on jobs.jobs to catalog_command, catalog_query, catalog_projection;
grant insert (job_id, kind, catalog_id, actor, correlation_id, arguments, code_digest, details)
    on jobs.jobs to catalog_command;
grant update (
    state, progress, details, problem, epoch, attempts, holder, held_until, updated_at, finished_at
) on jobs.jobs to catalog_projection;
grant delete on jobs.jobs to catalog_projection;
