create temporary table restored_events (like event_store.events) on commit drop;
create temporary table restored_claims (like event_store.claims) on commit drop
