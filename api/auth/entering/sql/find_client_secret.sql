select secret_digest
from access.clients
where client_id = $1 and coalesce(expires_at, 'infinity') > now()
