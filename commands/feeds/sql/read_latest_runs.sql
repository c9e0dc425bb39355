select run_id, catalog_id as catalog, source, mode, dry_run, actor, begun_at, ended_at, line,
    position, case when held_until > clock_timestamp() then holder end as holder, counts,
    correlation_id, outcome, problem
from feeds.runs
where $1::text is null or catalog_id = $1
order by begun_at desc, run_id desc
limit $2
