create schema projections;

create table projections.generations (
    generation integer primary key,
    state      text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint generations_state check (state in ('building', 'live', 'retired'))
);
create unique index generations_one_live on projections.generations (state) where state = 'live';

create table projections.checkpoints (
    catalog_id text not null,
    generation integer not null,
    position   bigint not null default 0,
    epoch      bigint not null default 0,
    holder     text,
    held_until timestamptz not null default '-infinity',
    primary key (catalog_id, generation)
);

create table projections.parked (
    catalog_id text not null,
    generation integer not null,
    stream_id  uuid not null,
    position   bigint not null,
    reason     text not null,
    parked_at  timestamptz not null default now(),
    primary key (catalog_id, generation, stream_id)
);
create index parked_position on projections.parked (catalog_id, generation, position);

grant usage on schema projections to catalog_command, catalog_query, catalog_projection;
grant select on all tables in schema projections
    to catalog_command, catalog_query, catalog_projection;
grant insert, update on projections.checkpoints to catalog_projection;
grant insert, delete on projections.parked to catalog_projection;
