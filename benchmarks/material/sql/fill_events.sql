-- $1 catalog, $2 streams, positions $3 to $4. The streams take turns, so that the events of each
-- lie far apart. The digests have the size of digests.
insert into event_store.events
select
    $1, p, ('01900000-0000-7000-8000-' || lpad(to_hex((p - 1) % $2::bigint), 12, '0'))::uuid,
    (p - 1) / $2::bigint + 1, $5, $6, $7::text::json, $8, $9, null, now(), now(),
    sha256(int8send(p))
from generate_series($3::bigint, $4::bigint) p
