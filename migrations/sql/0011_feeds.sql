create schema feeds;

-- The imports of feeds. One that has not ended belongs to whoever holds its lease; the epoch grows
-- with every holder and fences what an earlier one still writes here. What it appended stands beyond
-- the log's `head` as it was before, under its correlation id.
create table feeds.runs (
    run_id         uuid primary key,
    catalog_id     text not null,
    source         text not null,
    mode           text not null,
    dry_run        boolean not null,
    identity       bytea not null,
    form           text not null,
    columns        text[] not null,
    actor          text not null,
    correlation_id text not null,
    head           bigint not null,
    line           bigint not null default 0,
    position       bigint not null default 0,
    counts         json not null,
    epoch          integer not null default 1,
    holder         text,
    held_until     timestamptz,
    begun_at       timestamptz not null default now(),
    ended_at       timestamptz,
    outcome        text,
    problem        text,
    constraint runs_source check (source ~ '^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$'),
    constraint runs_mode check (mode in ('upsert', 'sync')),
    constraint runs_form check (form in ('ndjson', 'json', 'csv')),
    constraint runs_held check ((holder is null) = (held_until is null)),
    constraint runs_ended check (ended_at is null or holder is null),
    constraint runs_outcome check (outcome in ('succeeded', 'failed', 'cancelled', 'superseded')),
    constraint runs_told check ((outcome is null) = (ended_at is null))
);
create unique index runs_unfinished on feeds.runs (catalog_id, source) where ended_at is null;
create index runs_ended_at on feeds.runs (ended_at);

-- What the feeds of a source said last of each product, in which run, and to which version it led.
--
-- A source that offers a product no more has archived it at `archived_version`, or left it to
-- another source.
create table feeds.products (
    catalog_id       text not null,
    sku              text not null,
    source           text not null,
    stream_id        uuid not null,
    row_digest       bytea,
    version          integer not null,
    offered          boolean not null,
    archived_version integer,
    run_id           uuid,
    line             bigint,
    primary key (catalog_id, sku, source)
);

-- The SKUs that have come so far in a run that has not ended, but for those whose products tell it.
create table feeds.seen (
    run_id uuid not null,
    sku    text not null,
    line   bigint not null,
    primary key (run_id, sku)
);

-- The rows that a run could not take, until the run is forgotten.
create table feeds.failures (
    run_id uuid not null references feeds.runs on delete cascade,
    line   bigint not null,
    sku    text,
    faults json not null,
    text   text not null,
    primary key (run_id, line)
);

-- Whoever may import feeds: the API and the workers do.
do $$
begin
    if not exists (select from pg_roles where rolname = 'catalog_import') then
        create role catalog_import nologin;
    end if;
exception when duplicate_object or unique_violation then
    null;
end $$;

revoke all on schema feeds from public;
revoke all on all tables in schema feeds from public;
grant usage on schema feeds, event_store to catalog_import;
grant usage on schema feeds to catalog_command, catalog_projection;
grant select on event_store.catalogs, event_store.streams, event_store.events, event_store.claims,
    event_store.idempotency, event_store.snapshots to catalog_import;
grant insert, update on event_store.snapshots to catalog_import;
grant execute on function event_store.append, event_store.hold to catalog_import;
grant select, insert, update, delete on all tables in schema feeds to catalog_import;
grant select on feeds.runs, feeds.failures to catalog_command;
grant select (run_id, ended_at), delete on feeds.runs to catalog_projection;
