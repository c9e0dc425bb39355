select product_id, document::text as document, since
from only {table}
where catalog_id = $1 and product_id = any ($2::uuid[])
