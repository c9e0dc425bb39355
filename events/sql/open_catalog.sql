insert into event_store.catalogs (catalog_id, name, default_currency, language)
values ($1, $2, $3, $4)
on conflict (catalog_id) do nothing
returning catalog_id, name, default_currency, language, created_at
