select (select count(*) from projections.parked where catalog_id = $1 and generation = $2),
       (select count(*) from projections.parked where catalog_id = $1 and generation = $3),
       count(*), (array_agg(stream_id::text order by stream_id))[:5]
from projections.parked b
where b.catalog_id = $1 and b.generation = $3
    and not exists (
        select from projections.parked l
        where l.catalog_id = $1 and l.generation = $2 and l.stream_id = b.stream_id
    )
