update event_store.catalogs set head = $2, last_recorded_at = now() where catalog_id = $1
