select event_store.restore($1, $2)
