-- A product is in its category and in all those above.
select array_to_string(path[:depth], '/') as value, sum(count)::bigint as count
from (
    select string_to_array(counted, '/') as path, count(*) as count
    from ({source}) matching
    where counted is not null
    group by counted
) leaves
cross join generate_series(1, cardinality(path)) depth
group by value
