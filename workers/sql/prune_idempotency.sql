delete from event_store.idempotency
where recorded_at < now() - $1::interval
