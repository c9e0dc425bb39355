select {fact}
from unnest($2::uuid[], $3::integer[], $4::integer[]) as asked (stream_id, after, upto)
cross join lateral (
    select *
    from event_store.events
    where catalog_id = $1 and stream_id = asked.stream_id
      and version > asked.after and version <= asked.upto
    order by version
) e
limit $5
