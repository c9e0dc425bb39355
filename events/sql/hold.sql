select event_store.hold($1)
