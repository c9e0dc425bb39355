select document::text as document
from read.product_details
where catalog_id = $1
order by product_id
