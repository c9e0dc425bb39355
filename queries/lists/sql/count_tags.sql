-- Many products have the same tags.
select value, sum(count)::bigint as count
from (
    select counted as tags, count(*) as count
    from ({source}) matching
    group by counted
) alike
cross join unnest(tags) value
group by value
