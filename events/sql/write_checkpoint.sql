insert into event_store.checkpoints (catalog_id, size, root, note)
values ($1, $2, $3, $4)
