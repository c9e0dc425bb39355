-- One value for each of so many.
create function event_store.of_each(given anyarray, many integer) returns anyarray
language sql immutable as $$
    select case
        when cardinality(given) = 1 and many > 1 then array_fill(given[1], array[many])
        else given
    end
$$;

revoke all on function event_store.of_each from public;

-- What is the same for a whole batch, such as who asks for a feed's events, is sent once.
--
-- Many appends to one catalog's log in one call, each judged by itself in the order given.
--
-- The row lock on the catalog's head is held until commit, so positions become visible in the
-- order in which they were given. An append sees what those before it did; one that is refused
-- leaves nothing. One without events keeps its idempotency key all the same.
--
-- The events and claims of append n are the next append_events[n] and append_claims[n] of theirs.
-- An array of nulls may be null, and one value stands for an array of equal ones; a release that
-- knows nothing of traces leaves out the last one.
--
-- The digest is the SHA-256 of the event in canonical form (RFC 8785). It is computed here because
-- only here are the position and the recorded time known. `event_data` must be canonical already.
--
-- No sequential scans: a plan is kept for as long as its connection, and a table that was small
-- when the plan was made need not be small any more.
create or replace function event_store.append(
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
    append_events        integer[],
    append_claims        integer[],
    event_type           text[],
    event_schema_version smallint[],
    event_data           text[],
    claim_kind           text[],
    claim_value          text[],
    claim_held           boolean[],
    append_traceparent   text[] default null
) returns table (
    outcome     text,
    at_stream   uuid,
    at_version  integer,
    at_position bigint,
    holder      uuid,
    taken_kind  text,
    taken_value text
)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
declare
    log_head   bigint;
    clock      timestamptz;
    moment     timestamptz;
    is_new     boolean;
    last_event integer := 0;
    last_claim integer := 0;
    next_event integer;
    next_claim integer;
    written    event_store.events[] := '{}';
begin
    if append_traceparent is not null and exists (
        select from unnest(append_traceparent) as given (traceparent)
        where given.traceparent !~ '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$'
    ) then
        raise exception 'no traceparent' using errcode = 'check_violation';
    end if;

    append_expected := event_store.of_each(append_expected, cardinality(append_stream));
    append_actor := event_store.of_each(append_actor, cardinality(append_stream));
    append_correlation := event_store.of_each(append_correlation, cardinality(append_stream));
    append_occurred_at := event_store.of_each(append_occurred_at, cardinality(append_stream));
    append_claims := event_store.of_each(append_claims, cardinality(append_stream));
    claim_kind := event_store.of_each(claim_kind, cardinality(claim_value));
    claim_held := event_store.of_each(claim_held, cardinality(claim_value));

    select c.head, greatest(c.last_recorded_at, clock_timestamp()) into log_head, clock
    from event_store.catalogs c where c.catalog_id = catalog for update;
    if not found then
        raise exception 'no catalog %', catalog using errcode = 'no_data_found';
    end if;

    <<appends>>
    for n in 1 .. cardinality(append_stream) loop
        next_event := last_event + 1;
        last_event := last_event + append_events[n];
        next_claim := last_claim + 1;
        last_claim := last_claim + append_claims[n];

        if append_key[n] is not null then
            select case i.request_digest when append_digest[n] then 'replayed' else 'key_reused' end,
                   i.stream_id, i.version, i.position
            into outcome, at_stream, at_version, at_position
            from event_store.idempotency i
            where i.catalog_id = catalog and i.key = append_key[n];
            if found then
                return next;
                continue;
            end if;
        end if;

        at_stream := append_stream[n];
        select s.version, s.position, s.last_occurred_at into at_version, at_position, moment
        from event_store.streams s
        where s.catalog_id = catalog and s.stream_id = at_stream;
        is_new := not found;
        if is_new then
            at_version := 0;
            at_position := 0;
        end if;
        if append_expected[n] <> at_version then
            outcome := 'version_conflict';
            return next;
            continue;
        end if;

        for k in next_claim .. last_claim loop
            continue when not claim_held[k];
            select c.stream_id, c.kind, c.value into holder, taken_kind, taken_value
            from event_store.claims c
            where c.catalog_id = catalog and c.kind = claim_kind[k] and c.value = claim_value[k];
            if holder <> at_stream then
                outcome := 'claim_taken';
                return next;
                continue appends;
            end if;
        end loop;
        for k in next_claim .. last_claim loop
            if claim_held[k] then
                insert into event_store.claims
                values (catalog, claim_kind[k], claim_value[k], at_stream)
                on conflict do nothing;
            else
                delete from event_store.claims c
                where c.catalog_id = catalog and c.kind = claim_kind[k]
                  and c.value = claim_value[k] and c.stream_id = at_stream;
            end if;
        end loop;

        if next_event <= last_event then
            moment := greatest(moment, least(coalesce(append_occurred_at[n], clock), clock));
            for k in next_event .. last_event loop
                at_version := at_version + 1;
                log_head := log_head + 1;
                written := written || row(
                    catalog, log_head, at_stream, at_version,
                    event_type[k], event_schema_version[k], event_data[k],
                    append_actor[n], append_correlation[n], append_causation[n], moment, clock,
                    sha256(convert_to(event_store.canonical_event(
                        catalog, log_head, at_stream, at_version,
                        event_type[k], event_schema_version[k], event_data[k],
                        append_actor[n], append_correlation[n], append_causation[n], moment, clock
                    ), 'UTF8')),
                    append_traceparent[n]
                )::event_store.events;
            end loop;
            at_position := log_head;
            if is_new then
                insert into event_store.streams
                values (catalog, at_stream, stream_kind, at_version, at_position, moment);
            else
                update event_store.streams s
                set version = at_version, position = at_position, last_occurred_at = moment
                where s.catalog_id = catalog and s.stream_id = at_stream;
            end if;
        end if;

        if append_key[n] is not null then
            insert into event_store.idempotency
            values (catalog, append_key[n], append_digest[n], at_stream, at_version, at_position, clock);
        end if;
        outcome := 'appended';
        return next;
    end loop;

    insert into event_store.events select * from unnest(written);
    update event_store.catalogs c set head = log_head, last_recorded_at = clock
    where c.catalog_id = catalog and c.head < log_head;
end $$;
