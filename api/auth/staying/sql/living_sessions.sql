-- Whose sessions those of $1 are that live, and what he may, a row a catalog.
select
    session.session_id, session.username, client.client_id is not null as is_client,
    role.catalog_id, role.role
from access.sessions as session
left join access.user_roles as role using (username)
left join access.clients as client on client.client_id = session.username
where session.session_id = any($1::uuid[])
  and session.revoked_at is null and session.expires_at > now()
  and coalesce(client.expires_at, 'infinity') > now()
