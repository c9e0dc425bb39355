update {table} set parked_at = $3, document = $4::json
where catalog_id = $1 and product_id = $2
