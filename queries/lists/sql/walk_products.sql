select document::text as document, since
from read.product_details
where catalog_id = $1
order by product_id
