-- A whole log, as it was exported, becomes that of a catalog which has no event yet.
--
-- Its events lie in the temporary table restored_events, the claims that they amount to in
-- restored_claims. Who calls it owns the tables: it runs with no rights but his, and nobody else may
-- call it. What no append could have written is refused.
create function event_store.restore(catalog text, stream_kind text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    log_head bigint;
begin
    select c.head into log_head
    from event_store.catalogs c where c.catalog_id = catalog for update;
    if not found then
        raise exception 'no catalog %', catalog using errcode = 'no_data_found';
    end if;
    if log_head > 0 then
        raise exception 'catalog % has events already', catalog
            using errcode = 'object_not_in_prerequisite_state';
    end if;

    if exists (
        select from pg_temp.restored_events r
        where r.catalog_id <> catalog
           or r.digest <> sha256(convert_to(event_store.canonical_event(
                  r.catalog_id, r.position, r.stream_id, r.version,
                  r.type, r.schema_version, r.data::text,
                  r.actor, r.correlation_id, r.causation_id, r.occurred_at, r.recorded_at
              ), 'UTF8'))
    ) then
        raise exception 'an event is not what its digest says' using errcode = 'check_violation';
    end if;
    if exists (
        select from (
            select r.position <> row_number() over log
                or r.recorded_at < lag(r.recorded_at) over log
                or r.version <> row_number() over stream
                or r.occurred_at < lag(r.occurred_at) over stream
                or r.occurred_at > r.recorded_at as is_misplaced
            from pg_temp.restored_events r
            window log as (order by r.position),
                   stream as (partition by r.stream_id order by r.position)
        ) e
        where e.is_misplaced
    ) then
        raise exception 'events do not follow each other' using errcode = 'check_violation';
    end if;
    if exists (
        select from pg_temp.restored_events r where r.recorded_at > clock_timestamp()
    ) then
        raise exception 'an event was recorded in the future' using errcode = 'check_violation';
    end if;

    insert into event_store.events select * from pg_temp.restored_events order by position;
    insert into event_store.streams
    select catalog, r.stream_id, stream_kind, max(r.version), max(r.position), max(r.occurred_at)
    from pg_temp.restored_events r
    group by r.stream_id;
    insert into event_store.claims select * from pg_temp.restored_claims;
    update event_store.catalogs c
    set head = r.head, last_recorded_at = r.last_recorded_at
    from (
        select max(e.position) as head, max(e.recorded_at) as last_recorded_at
        from pg_temp.restored_events e
    ) r
    where c.catalog_id = catalog and r.head > 0;
end $$;

revoke all on function event_store.restore from public;
