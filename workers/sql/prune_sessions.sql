delete from access.sessions
where expires_at < now() - $1::interval
