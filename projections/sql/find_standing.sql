-- No row where neither the log has such a stream nor one stands still; a null position where what
-- is read of it goes on.
select p.position
from projections.generations g
left join projections.parked p
    on p.catalog_id = $1 and p.generation = g.generation and p.stream_id = $2
where g.state = 'live' and (
    p.position is not null
    or exists (select from event_store.streams s where s.catalog_id = $1 and s.stream_id = $2)
)
