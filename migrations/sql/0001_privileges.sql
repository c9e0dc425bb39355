-- Group roles belong to the whole server: another database may have made them already.
do $$
declare
    side text;
begin
    foreach side in array array['catalog_command', 'catalog_query', 'catalog_projection'] loop
        continue when exists (select from pg_roles where rolname = side);
        begin
            execute format('create role %I nologin', side);
        exception when duplicate_object or unique_violation then
            null;
        end;
    end loop;
end $$;

revoke all on schema event_store from public;
revoke all on all tables in schema event_store from public;
revoke all on all functions in schema event_store from public;

grant usage on schema event_store to catalog_command, catalog_query, catalog_projection;
grant select on all tables in schema event_store to catalog_command;
grant insert (catalog_id, name, default_currency, language)
    on event_store.catalogs to catalog_command;
grant execute on function event_store.append, event_store.hold to catalog_command;
grant insert, update on event_store.snapshots to catalog_command;
grant select on event_store.catalogs, event_store.streams, event_store.events
    to catalog_query, catalog_projection;
grant select, delete on event_store.idempotency, event_store.snapshots to catalog_projection;
