-- What was computed otherwise than it would be now is no row.
select {columns} from only {table}
where catalog_id = $1 and product_id = any ($2::uuid[]) and {intact}
