-- The login roles and what each may be. Runs on every start: a replaced password takes effect.
\set ON_ERROR_STOP on
\set owner_password `cat /run/secrets/owner`
\set command_api_password `cat /run/secrets/command_api`
\set query_api_password `cat /run/secrets/query_api`
\set worker_password `cat /run/secrets/worker`

-- No statement below reaches the server's log: it holds a password.
set log_statement = 'none';
set log_min_error_statement = 'panic';
set log_min_duration_statement = -1;
set client_min_messages = 'warning';

begin;

select format('create role %I nologin', name)
  from unnest(array[
           'catalog_command', 'catalog_query', 'catalog_projection', 'catalog_import'
       ]) as name
 where not exists (select from pg_roles where rolname = name)
\gexec

select format('create role %I', name)
  from unnest(array['owner', 'command_api', 'query_api', 'worker']) as name
 where not exists (select from pg_roles where rolname = name)
\gexec

alter role owner login createrole password :'owner_password';
alter role command_api login password :'command_api_password';
alter role query_api login password :'query_api_password';
alter role worker login password :'worker_password';

grant catalog_command to command_api;
grant catalog_query to query_api;
grant catalog_projection, catalog_import to worker;
alter role query_api reset default_transaction_read_only;

alter database catalog owner to owner;
revoke all on database catalog from public;
grant catalog_projection to owner;
grant connect on database catalog
   to catalog_command, catalog_query, catalog_projection, catalog_import;

commit;
