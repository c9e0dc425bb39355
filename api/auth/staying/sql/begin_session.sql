-- Nothing where the password's hash $2 was replaced meanwhile; who replaces it waits, and ends this
-- session.
with person as (
    select username from access.users where username = $1 and password_hash = $2 for share
)
insert into access.sessions (
    session_id, username, family_digest, refresh_digest, expires_at, address, user_agent
)
select $3, username, $4, $5, now() + $6::interval, $7, $8 from person
returning session_id
