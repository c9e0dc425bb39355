update {schema}.product_details
set parked_at = $3,
    document = (document::jsonb || jsonb_build_object('parked', jsonb_build_object('position', $3::bigint)))::json
where catalog_id = $1 and product_id = $2
