select d.document::text as document, d.version, d.parked_before, coalesce(k.position, 0) as position
from projections.generations g
left join projections.checkpoints k on k.catalog_id = $1 and k.generation = g.generation
left join read.product_details d on d.catalog_id = $1 and d.sku = $2
where g.state = 'live'
