select stream_id
from (
    select s.stream_id
    from event_store.streams s
    where s.catalog_id = $1 and s.stream_id >= $2
    order by s.stream_id
    limit $3
) portion
order by stream_id desc
limit 1
