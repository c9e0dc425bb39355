select tablename from pg_tables where schemaname = $1 order by tablename
