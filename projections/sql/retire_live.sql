-- Whoever still applies the log to it holds the lease no more.
with retired as (
    update projections.generations
    set state = 'retired', holder = null, updated_at = clock_timestamp()
    where state = 'live'
    returning generation
)
update projections.checkpoints k
set epoch = epoch + 1, held_until = '-infinity'
from retired r
where k.generation = r.generation
