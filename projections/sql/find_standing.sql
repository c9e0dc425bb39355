-- No row where the log has no such stream; a null position where what is read of it goes on.
select p.position
from event_store.streams s
left join projections.generations g on g.state = 'live'
left join projections.parked p
    on p.catalog_id = s.catalog_id and p.generation = g.generation and p.stream_id = s.stream_id
where s.catalog_id = $1 and s.stream_id = $2
