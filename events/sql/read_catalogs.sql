select catalog_id, name, default_currency, language, created_at
from event_store.catalogs
where catalog_id = any ($1::text[]) or $1 is null
order by catalog_id
