-- Whose sessions those of $1 are that live, and what he may, a row a catalog.
select session.session_id, session.username, role.catalog_id, role.role
from access.sessions as session
left join access.user_roles as role using (username)
where session.session_id = any($1::uuid[])
  and session.revoked_at is null and session.expires_at > now()
