-- Before the client is locked as by its next statement: two who lock first wait for each other here.
update access.clients
set last_used_at = now()
where client_id = $1 and coalesce(last_used_at, '-infinity') < now() - interval '1 minute'
