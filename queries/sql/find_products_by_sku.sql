select k.number, d.product_id, d.document::text as document, d.version, d.parked_before,
       coalesce(c.position, 0) as position, g.switched
from projections.generations g
cross join unnest($1::text[], $2::text[]) with ordinality k (catalog_id, sku, number)
left join projections.checkpoints c on c.catalog_id = k.catalog_id and c.generation = g.generation
left join read.product_details d on d.catalog_id = k.catalog_id and d.sku = k.sku
where g.state = 'live'
