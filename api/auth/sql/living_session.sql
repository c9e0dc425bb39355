-- Whose session it is and what he may, a row a catalog; nothing when it has ended.
select session.username, role.catalog_id, role.role
from access.sessions as session
left join access.user_roles as role using (username)
where session.session_id = $1 and session.revoked_at is null and session.expires_at > now()
