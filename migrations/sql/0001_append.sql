-- Many appends to one catalog's log in one call, each judged by itself.
--
-- The row lock on the catalog's head is held until commit, so positions become visible in the
-- order in which they were given. An append that shares its stream, idempotency key or claim with
-- an earlier one of the same call is answered 'deferred': its caller sends it again. One without
-- events keeps its idempotency key all the same.
--
-- The lookups are laterals with a limit so that they stay index scans, however the tables looked
-- when the plan was made.
--
-- The digest is the SHA-256 of the event in canonical form (RFC 8785). It is computed here because
-- only here are the position and the recorded time known. `event_data` must be canonical already.
create function event_store.append(
    catalog              text,
    stream_kind          text,
    append_stream        uuid[],
    append_expected      integer[],
    append_key           text[],
    append_digest        bytea[],
    append_actor         text[],
    append_correlation   text[],
    append_causation     text[],
    append_occurred_at   timestamptz[],
    event_append         integer[],
    event_type           text[],
    event_schema_version smallint[],
    event_data           text[],
    claim_append         integer[],
    claim_kind           text[],
    claim_value          text[],
    claim_held           boolean[]
) returns table (
    append           integer,
    outcome          text,
    stream_id        uuid,
    version          integer,
    log_position     bigint,
    holder           uuid,
    taken_kind       text,
    taken_value      text
)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
    log_head bigint;
    clock    timestamptz;
begin
    select c.head into log_head
    from event_store.catalogs c where c.catalog_id = catalog for update;
    if not found then
        raise exception 'no catalog %', catalog using errcode = 'no_data_found';
    end if;
    clock := clock_timestamp();

    return query
    with asked as materialized (
        select u.*, u.ord::integer as n,
               row_number() over (partition by u.stream order by u.ord) > 1 as stream_again,
               u.key is not null
                   and row_number() over (partition by u.key order by u.ord) > 1 as key_again
        from unnest(append_stream, append_expected, append_key, append_digest, append_actor,
                    append_correlation, append_causation, append_occurred_at)
             with ordinality as u (stream, expected, key, digest, actor, correlation,
                                   causation, occurred_at, ord)
    ), claimed as materialized (
        select u.n, u.kind, u.value, u.held, c.stream_id as holder,
               u.n > min(u.n) over (partition by u.kind, u.value) as claim_again
        from unnest(claim_append, claim_kind, claim_value, claim_held) as u (n, kind, value, held)
        left join lateral (
            select k.stream_id from event_store.claims k
            where k.catalog_id = catalog and k.kind = u.kind and k.value = u.value
            limit 1
        ) c on true
    ), contested as (
        select distinct on (c.n) c.n, c.holder as taken_by, c.kind as by_kind, c.value as by_value
        from claimed c join asked a on a.n = c.n
        where c.held and c.holder <> a.stream
    ), repeated as (
        select distinct c.n from claimed c where c.claim_again
    ), judged as materialized (
        select a.*, coalesce(s.version, 0) as current_version, s.last_occurred_at,
               i.stream_id as first_stream, i.version as first_version,
               i.position as first_position, taken.taken_by, taken.by_kind, taken.by_value,
               case
                   when i.key is not null and i.request_digest = a.digest then 'replayed'
                   when i.key is not null then 'key_reused'
                   when a.expected < coalesce(s.version, 0) then 'version_conflict'
                   when a.stream_again or a.key_again or r.n is not null then 'deferred'
                   when a.expected <> coalesce(s.version, 0) then 'version_conflict'
                   when taken.n is not null then 'claim_taken'
                   else 'appended'
               end as verdict
        from asked a
        left join lateral (
            select t.version, t.last_occurred_at from event_store.streams t
            where t.catalog_id = catalog and t.stream_id = a.stream
            limit 1
        ) s on true
        left join lateral (
            select t.key, t.request_digest, t.stream_id, t.version, t.position
            from event_store.idempotency t
            where t.catalog_id = catalog and t.key = a.key
            limit 1
        ) i on true
        left join contested taken on taken.n = a.n
        left join repeated r on r.n = a.n
    ), passed as (
        select j.n, j.stream, j.current_version, j.actor, j.correlation, j.causation,
               greatest(j.last_occurred_at, least(coalesce(j.occurred_at, clock), clock)) as moment
        from judged j where j.verdict = 'appended'
    ), numbered as materialized (
        select p.*, e.type, e.schema_version, e.data,
               (p.current_version + row_number() over (partition by p.n order by e.ord))::integer
                   as new_version,
               log_head + row_number() over (order by p.n, e.ord) as new_position
        from unnest(event_append, event_type, event_schema_version, event_data)
             with ordinality as e (n, type, schema_version, data, ord)
        join passed p on p.n = e.n
    ), written as (
        insert into event_store.events
        select catalog, x.new_position, x.stream, x.new_version, x.type, x.schema_version,
               x.data::json, x.actor, x.correlation, x.causation, x.moment, clock,
               sha256(convert_to(event_store.canonical_event(
                   catalog, x.new_position, x.stream, x.new_version, x.type, x.schema_version,
                   x.data, x.actor, x.correlation, x.causation, x.moment, clock), 'UTF8'))
        from numbered x
    ), reached as materialized (
        select x.n, x.stream, x.moment,
               max(x.new_version) as new_version, max(x.new_position) as new_position
        from numbered x group by x.n, x.stream, x.moment
    ), answered as materialized (
        select j.n, j.verdict, j.stream, j.key, j.digest, j.current_version,
               j.first_stream, j.first_version, j.first_position,
               j.taken_by, j.by_kind, j.by_value,
               coalesce(r.new_version, j.current_version) as at_version,
               case
                   when r.n is not null then r.new_position
                   when j.verdict = 'appended' then coalesce((
                       select e.position from event_store.events e
                       where e.catalog_id = catalog and e.stream_id = j.stream
                         and e.version = j.current_version
                   ), 0)
               end as at_position
        from judged j left join reached r on r.n = j.n
    ), streams_moved as (
        insert into event_store.streams as s
        select catalog, r.stream, stream_kind, r.new_version, r.moment from reached r
        on conflict on constraint streams_pkey
        do update set version = excluded.version, last_occurred_at = excluded.last_occurred_at
    ), claims_taken as (
        insert into event_store.claims
        select distinct catalog, c.kind, c.value, p.stream
        from claimed c join passed p on p.n = c.n where c.held and c.holder is null
    ), claims_let_go as (
        delete from event_store.claims k
        using claimed c join passed p on p.n = c.n
        where not c.held and c.holder = p.stream
          and k.catalog_id = catalog and k.kind = c.kind and k.value = c.value
    ), keys_kept as (
        insert into event_store.idempotency
        select catalog, a.key, a.digest, a.stream, a.at_version, a.at_position, clock
        from answered a where a.key is not null and a.verdict = 'appended'
    ), head_moved as (
        update event_store.catalogs c set head = m.new_head
        from (select max(r.new_position) as new_head from reached r) m
        where c.catalog_id = catalog and m.new_head is not null
    )
    select a.n, a.verdict,
           case a.verdict when 'replayed' then a.first_stream else a.stream end,
           case a.verdict when 'replayed' then a.first_version else a.at_version end,
           case a.verdict when 'replayed' then a.first_position else a.at_position end,
           a.taken_by, a.by_kind, a.by_value
    from answered a
    order by a.n;
end $$;
