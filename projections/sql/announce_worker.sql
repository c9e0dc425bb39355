with gone as (
    delete from projections.workers where seen_at < clock_timestamp() - interval '1 hour'
), announced as (
    insert into projections.workers values ($1, $3, clock_timestamp())
    on conflict (holder) do update set seen_at = excluded.seen_at
)
select array(
           select holder from projections.workers
           where seen_at > clock_timestamp() - $2::interval and code_digest = $3
       ) as living,
       (
           select progress from projections.generations
           where state = 'building' and held_until > clock_timestamp()
       ) as rebuilding,
       clock_timestamp() as clock
