select d.document::text as document, d.version, coalesce(d.parked_before, p.position) as parked_before,
       coalesce(k.position, 0) as position
from projections.generations g
left join projections.checkpoints k on k.catalog_id = $1 and k.generation = g.generation
left join read.product_details d on d.catalog_id = $1 and d.product_id = $2
left join projections.parked p
    on p.catalog_id = $1 and p.generation = g.generation and p.stream_id = $2
where g.state = 'live'
