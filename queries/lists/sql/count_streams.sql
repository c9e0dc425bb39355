select count(*) from event_store.streams where catalog_id = $1
