create table access.audit_reads (
    catalog_id     text not null,
    recorded_at    timestamptz not null default now(),
    read_id        uuid not null default gen_random_uuid(),
    actor          text not null,
    operation      text not null,
    path           text not null,
    query          text not null,
    following      bigint,
    correlation_id text not null,
    client         text,
    primary key (catalog_id, recorded_at, read_id),
    constraint audit_reads_catalog_id check (length(catalog_id) <= 63),
    constraint audit_reads_actor check (length(actor) <= 64),
    constraint audit_reads_operation check (length(operation) <= 64),
    constraint audit_reads_path check (length(path) <= 1000),
    constraint audit_reads_query check (length(query) <= 16000),
    constraint audit_reads_following check (following >= 0),
    constraint audit_reads_correlation_id check (length(correlation_id) <= 128),
    constraint audit_reads_client check (length(client) <= 64)
);
create index audit_reads_actor on access.audit_reads (catalog_id, actor, recorded_at, read_id);

create function access.keep_audit_read() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' and old.recorded_at < now() - interval '1 day' then
        return old;
    end if;
    raise exception 'audit reads are kept, and for a day at least: % on %.% is refused',
        tg_op, tg_table_schema, tg_table_name using errcode = 'restrict_violation';
end $$;
revoke all on function access.keep_audit_read from public;

create trigger an_audit_read_is_kept
    before update or delete on access.audit_reads
    for each row execute function access.keep_audit_read();
create trigger audit_reads_are_kept
    before truncate on access.audit_reads
    for each statement execute function access.keep_audit_read();
alter table access.audit_reads enable always trigger an_audit_read_is_kept;
alter table access.audit_reads enable always trigger audit_reads_are_kept;

revoke all on access.audit_reads from public;
grant insert (catalog_id, actor, operation, path, query, following, correlation_id, client)
    on access.audit_reads to catalog_command, catalog_query;
grant select on access.audit_reads, access.cursor_keys to catalog_command;
grant select (catalog_id, recorded_at), delete on access.audit_reads to catalog_projection;

-- A product's past is found by its SKU in the log, too.
grant select on event_store.claims to catalog_query;
