create schema projections;

create table projections.generations (
    generation  integer primary key,
    state       text not null,
    code_digest bytea not null,
    switched    bigint unique,
    progress    double precision not null default 0,
    holder      text,
    held_until  timestamptz not null default '-infinity',
    created_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now(),
    constraint generations_state check (state in ('building', 'live', 'retired', 'dropped'))
);
create unique index generations_one_live on projections.generations (state) where state = 'live';
create unique index generations_one_building
    on projections.generations (state) where state = 'building';
create sequence projections.switches;

create table projections.checkpoints (
    catalog_id text not null,
    generation integer not null,
    position   bigint not null default 0,
    epoch      bigint not null default 0,
    holder     text,
    held_until timestamptz not null default '-infinity',
    primary key (catalog_id, generation)
);

create table projections.workers (
    holder      text primary key,
    code_digest bytea not null,
    seen_at     timestamptz not null
);

create table projections.parked (
    catalog_id text not null,
    generation integer not null,
    stream_id  uuid not null,
    position   bigint not null,
    reason     text not null,
    drifted    boolean not null default false,
    parked_at  timestamptz not null default now(),
    primary key (catalog_id, generation, stream_id)
);
create index parked_position on projections.parked (catalog_id, generation, position);

create table projections.discarded (
    catalog_id   text not null,
    stream_id    uuid not null,
    position     bigint not null,
    actor        text not null,
    discarded_at timestamptz not null default now(),
    primary key (catalog_id, stream_id, position)
);

create table projections.interventions (
    intervention_id uuid primary key,
    catalog_id      text not null,
    product_id      uuid not null,
    action          text not null,
    position        bigint,
    actor           text not null,
    correlation_id  text not null,
    outcome         text,
    requested_at    timestamptz not null default now(),
    finished_at     timestamptz,
    constraint interventions_action check (action in ('retry', 'discard', 'refold'))
);
create index interventions_waiting
    on projections.interventions (catalog_id, requested_at) where finished_at is null;
create unique index interventions_one_waiting
    on projections.interventions (catalog_id, product_id, action, position) nulls not distinct
    where finished_at is null;
create index interventions_listed on projections.interventions (catalog_id, requested_at);

grant usage on schema projections to catalog_command, catalog_query, catalog_projection;
grant select on all tables in schema projections
    to catalog_command, catalog_query, catalog_projection;
grant insert on projections.interventions to catalog_command;
grant usage on sequence projections.switches to catalog_projection;
grant insert, update, delete on all tables in schema projections to catalog_projection;

-- Generations of read tables are made and removed by whoever rebuilds: their schemas, and the views
-- that queries see, belong to the worker's group.
do $$
begin
    if not pg_has_role(current_user, 'catalog_projection', 'member') then
        execute format('grant catalog_projection to %I', current_user);
    end if;
end $$;
create schema read authorization catalog_projection;

create function projections.create_generation(generation integer) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    execute format('create schema %I authorization catalog_projection', 'read_' || generation);
end $$;
revoke all on function projections.create_generation from public;
grant execute on function projections.create_generation to catalog_projection;
