-- Nothing where the secret $2 was replaced meanwhile; who replaces it waits, and ends this session.
with client as (
    select client_id, expires_at
    from access.clients
    where client_id = $1 and secret_digest = $2 and coalesce(expires_at, 'infinity') > now()
    for share
)
insert into access.sessions (session_id, username, expires_at, address, user_agent)
select gen_random_uuid(), client_id, least(now() + $3::interval, expires_at), $4, $5
from client
returning session_id, expires_at - now() as lifetime
