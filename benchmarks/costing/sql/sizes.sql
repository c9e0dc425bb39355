select n.nspname as room, c.relname as name, pg_total_relation_size(c.oid) as bytes
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
where c.relkind = 'r'
    and n.nspname not in ('pg_catalog', 'information_schema')
order by 1, 2
