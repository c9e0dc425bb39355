delete from event_store.snapshots
where code_digest <> $1 and recorded_at < now() - $2::interval
