-- $1 catalog, $2 streams of $3 events each; their last events are the last $2 of the log.
insert into event_store.streams
select
    $1, ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'product', $3::integer,
    $2::bigint * ($3::integer - 1) + n + 1, now()
from generate_series(0, $2::bigint - 1) n
