select stream_id, version from event_store.streams order by stream_id
