-- A run has at most 256 hashes. The limits tell the planner, which would expect a share of the whole
-- log instead, and compile the statement for it (jit_above_cost).
select r.number, h.hash
from unnest($2::smallint[], $3::bigint[], $4::bigint[])
     with ordinality as r (level, start, stop, number)
cross join lateral (
    (select e.position - 1 as index, e.digest as hash
     from event_store.events e
     where r.level = 0 and e.catalog_id = $1 and e.position > r.start and e.position <= r.stop
     order by e.position
     limit 256)
    union all
    (select n.index, n.hash
     from event_store.tree_nodes n
     where n.catalog_id = $1 and n.level = r.level and n.index >= r.start and n.index < r.stop
     order by n.index
     limit 256)
) h
order by r.number, h.index
