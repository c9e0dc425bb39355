-- The current refresh token $3 of the family $2 makes room for $4; any other of the family was used
-- before, and ends the session $1.
update access.sessions
set refresh_digest = case when refresh_digest = $3 then $4 else refresh_digest end,
    expires_at = case when refresh_digest = $3 then now() + $5::interval else expires_at end,
    revoked_at = case when refresh_digest = $3 then null else now() end,
    updated_at = now()
where session_id = $1 and family_digest = $2 and revoked_at is null and expires_at > now()
returning username, revoked_at is null as goes_on
