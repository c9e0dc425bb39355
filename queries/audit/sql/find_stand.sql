select c.head,
       coalesce((select max(e.version)
                 from event_store.events e
                 where e.catalog_id = c.catalog_id and e.stream_id = $2), 0) as version,
       array(select d.position
             from projections.discarded d
             where d.catalog_id = c.catalog_id and d.stream_id = $2) as discarded
from event_store.catalogs c
where c.catalog_id = $1
