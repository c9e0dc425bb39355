-- Of the open sessions of $1 the newest $2 stay. Two who begin at a time do not wait for each other:
-- what one is ending the other passes over.
with beyond as (
    select session_id from access.sessions
    where username = $1 and revoked_at is null and expires_at > now()
    order by created_at desc, session_id desc
    offset $2
), oldest as (
    select session_id from access.sessions
    where session_id in (select session_id from beyond) and revoked_at is null
    for update skip locked
)
update access.sessions set revoked_at = now()
where session_id in (select session_id from oldest)
returning session_id
