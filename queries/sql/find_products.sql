select k.number, d.document::text as document, d.version,
       coalesce(d.parked_before, p.position) as parked_before,
       coalesce(c.position, 0) as position, g.switched
from projections.generations g
cross join unnest($1::text[], $2::uuid[]) with ordinality k (catalog_id, product_id, number)
left join projections.checkpoints c on c.catalog_id = k.catalog_id and c.generation = g.generation
left join read.product_details d on d.catalog_id = k.catalog_id and d.product_id = k.product_id
left join projections.parked p
    on p.catalog_id = k.catalog_id and p.generation = g.generation and p.stream_id = k.product_id
where g.state = 'live'
