-- The log's columns, and nothing else.
create table copied (like event_store.events)
