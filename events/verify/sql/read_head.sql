select head, least(greatest(last_recorded_at, '0001-01-01Z'), '9999-12-31 23:59:59.999999Z')
from event_store.catalogs
where catalog_id = $1
