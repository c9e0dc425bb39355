insert into event_store.catalogs (catalog_id, name, default_currency)
values ($1, $2, $3)
on conflict (catalog_id) do nothing
returning catalog_id, name, default_currency, created_at
