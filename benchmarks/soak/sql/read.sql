select d.product_id::text as product, d.version, d.document::json ->> 'name' as name,
       p.amount::text as price
from read.product_details d
left join read.product_prices p
    on p.catalog_id = d.catalog_id and p.product_id = d.product_id and p.currency = 'USD'
where d.catalog_id = $1
