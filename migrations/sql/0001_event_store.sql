create schema event_store;

create table event_store.catalogs (
    catalog_id       text primary key,
    name             text not null,
    default_currency text not null,
    language         text not null default 'simple'
                     constraint catalogs_language check (language in (
                         'arabic', 'armenian', 'basque', 'catalan', 'danish', 'dutch', 'english',
                         'finnish', 'french', 'german', 'greek', 'hindi', 'hungarian', 'indonesian',
                         'irish', 'italian', 'lithuanian', 'nepali', 'norwegian', 'portuguese',
                         'romanian', 'russian', 'serbian', 'simple', 'spanish', 'swedish', 'tamil',
                         'turkish', 'yiddish')),
    head             bigint not null default 0,
    last_recorded_at timestamptz not null default '-infinity'
                     constraint catalogs_clock_is_finite check (last_recorded_at < 'infinity'),
    created_at       timestamptz not null default now(),
    updated_at       timestamptz not null default now()
);

create table event_store.streams (
    catalog_id       text not null,
    stream_id        uuid not null,
    kind             text not null,
    version          integer not null,
    position         bigint not null,
    last_occurred_at timestamptz not null,
    primary key (catalog_id, stream_id)
) with (fillfactor = 85);

create table event_store.events (
    catalog_id     text not null,
    position       bigint not null,
    stream_id      uuid not null,
    version        integer not null,
    type           text not null,
    schema_version smallint not null,
    data           json not null,
    actor          text not null,
    correlation_id text not null,
    causation_id   text,
    occurred_at    timestamptz not null,
    recorded_at    timestamptz not null,
    digest         bytea not null,
    primary key (catalog_id, position),
    constraint events_stream_version unique (catalog_id, stream_id, version),
    constraint events_data_is_one_line check (position(e'\n' in data::text) = 0),
    constraint events_occurred_in_our_era check (occurred_at > '0001-01-01 00:00Z')
);

create table event_store.claims (
    catalog_id text not null,
    kind       text not null,
    value      text not null,
    stream_id  uuid not null,
    primary key (catalog_id, kind, value)
);

create table event_store.idempotency (
    catalog_id     text not null,
    key            text not null,
    request_digest bytea not null,
    stream_id      uuid not null,
    version        integer not null,
    position       bigint not null,
    recorded_at    timestamptz not null,
    primary key (catalog_id, key)
);
create index idempotency_recorded_at on event_store.idempotency (recorded_at);

create table event_store.snapshots (
    catalog_id  text not null,
    stream_id   uuid not null,
    code_digest bytea not null,
    version     integer not null,
    position    bigint not null,
    state       json not null,
    recorded_at timestamptz not null default now(),
    primary key (catalog_id, stream_id, code_digest)
);
create index snapshots_recorded_at on event_store.snapshots (recorded_at);

create function event_store.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'the event log is append-only: % on %.% is refused',
        tg_op, tg_table_schema, tg_table_name using errcode = 'restrict_violation';
end $$;

create trigger events_are_append_only
    before update or delete or truncate on event_store.events
    for each statement execute function event_store.refuse_change();
create trigger catalogs_are_kept
    before delete or truncate on event_store.catalogs
    for each statement execute function event_store.refuse_change();
create trigger streams_are_kept
    before delete or truncate on event_store.streams
    for each statement execute function event_store.refuse_change();

-- Statements on a parent table fire no triggers for statements on its children, only for rows.
create trigger an_event_does_not_change
    before update or delete on event_store.events
    for each row execute function event_store.refuse_change();
create trigger a_catalog_is_kept
    before delete on event_store.catalogs
    for each row execute function event_store.refuse_change();
create trigger a_stream_is_kept
    before delete on event_store.streams
    for each row execute function event_store.refuse_change();

-- They fire in a session that replays a replica's changes, too.
alter table event_store.events enable always trigger events_are_append_only;
alter table event_store.events enable always trigger an_event_does_not_change;
alter table event_store.catalogs enable always trigger catalogs_are_kept;
alter table event_store.catalogs enable always trigger a_catalog_is_kept;
alter table event_store.streams enable always trigger streams_are_kept;
alter table event_store.streams enable always trigger a_stream_is_kept;
