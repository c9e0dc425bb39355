select md5(string_agg(sku || version || (document::jsonb - 'id')::text, '' order by sku))
from read.product_details
