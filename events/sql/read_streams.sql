select {recorded}
from unnest($2::uuid[], $3::integer[]) as asked (stream_id, after)
cross join lateral (
    select *
    from event_store.events
    where catalog_id = $1 and stream_id = asked.stream_id and version > asked.after
    order by version
) e
