create schema access;

create table access.users (
    username      text primary key,
    password_hash text not null,
    created_at    timestamptz not null default now(),
    updated_at    timestamptz not null default now(),
    constraint users_username check (username ~ '^[a-z0-9][a-z0-9._@-]{0,63}$')
);

create table access.user_roles (
    username   text not null references access.users on delete cascade,
    catalog_id text not null,
    role       text not null,
    primary key (username, catalog_id),
    constraint user_roles_catalog_id check (catalog_id ~ '^([a-z0-9][a-z0-9-]{0,62}|\*)$'),
    constraint user_roles_role check (role in ('viewer', 'editor', 'auditor', 'admin'))
);

create table access.sessions (
    session_id      uuid primary key,
    username        text not null references access.users on delete cascade,
    refresh_digest  bytea not null,
    previous_digest bytea,
    expires_at      timestamptz not null,
    revoked_at      timestamptz,
    created_at      timestamptz not null default now(),
    updated_at      timestamptz not null default now()
);
create index sessions_username on access.sessions (username);
create index sessions_expires_at on access.sessions (expires_at);

create table access.signing_keys (
    kid         text primary key,
    public_key  bytea not null,
    private_key bytea not null,
    created_at  timestamptz not null default now(),
    retired_at  timestamptz
);
create unique index signing_keys_one_signs on access.signing_keys ((true)) where retired_at is null;

create table access.cursor_keys (
    key        bytea primary key constraint cursor_keys_key check (length(key) = 32),
    created_at timestamptz not null default now()
);
create unique index cursor_keys_only_one on access.cursor_keys ((true));

-- Each of the three has 122 bits of the server's strong random numbers.
insert into access.cursor_keys (key)
select sha256(string_agg(uuid_send(gen_random_uuid()), '')) from generate_series(1, 3);

revoke all on schema access from public;
revoke all on all tables in schema access from public;

grant usage on schema access to catalog_command, catalog_query, catalog_projection;
grant select, insert, update, delete on access.users, access.user_roles, access.sessions
    to catalog_command;
grant select on access.signing_keys to catalog_command;
grant select on access.user_roles, access.cursor_keys to catalog_query;
grant select (session_id, username, expires_at, revoked_at) on access.sessions to catalog_query;
grant select (kid, public_key, created_at, retired_at) on access.signing_keys to catalog_query;
grant select (session_id, expires_at), delete on access.sessions to catalog_projection;
