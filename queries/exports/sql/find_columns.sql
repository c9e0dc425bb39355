with chosen as materialized ({chosen})
select
    array(
        select distinct p.currency collate "C" as currency
        from {prices}
        join chosen using (product_id)
        where p.catalog_id = {catalog}{held}
        order by currency
    ) as currencies,
    array(
        select distinct name collate "C" as name
        from chosen
        cross join jsonb_object_keys(attributes -> {catalog}) name
        order by name
    ) as attributes
