insert into event_store.claims
select catalog_id, 'sku', stream_id::text, stream_id from event_store.streams
