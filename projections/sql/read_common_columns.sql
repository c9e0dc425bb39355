-- JSON as it was written has no hash of its own; what is computed of other columns needs none.
select l.table_name, string_agg(
           quote_ident(l.column_name) || case l.data_type when 'json' then '::text' else '' end,
           ', ' order by l.column_name
       )
from information_schema.columns l
join information_schema.columns b using (table_name, column_name, data_type)
where l.table_schema = $1 and b.table_schema = $2 and l.is_generated = 'NEVER'
group by l.table_name
order by l.table_name
