-- A machine client is a user without a password that has a row here.
alter table access.users alter column password_hash drop not null;

create table access.clients (
    client_id     text primary key references access.users on delete cascade,
    secret_digest bytea not null constraint clients_secret_digest check (length(secret_digest) = 32),
    created_by    text not null,
    created_at    timestamptz not null default now(),
    expires_at    timestamptz,
    last_used_at  timestamptz
);

-- Where a session was opened from. One of a client has no refresh token.
alter table access.sessions
    add column address text constraint sessions_address check (length(address) <= 64),
    add column user_agent text constraint sessions_user_agent check (length(user_agent) <= 256),
    alter column refresh_digest drop not null;

-- Who has too many open is found by each that begins, however many of his have ended.
create index sessions_open on access.sessions (username, created_at, session_id)
    where revoked_at is null;

revoke all on access.clients from public;
grant select, insert, update, delete on access.clients to catalog_command;
grant select (client_id, expires_at) on access.clients to catalog_query;
