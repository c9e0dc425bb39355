select viewname from pg_views where schemaname = $1 order by viewname
