-- A product is in its category and in all those above.
select array_to_string(path[:depth], '/') as value, sum(count)::bigint as count
from (
    select string_to_array({column}, '/') as path, count(*) as count
    from {source}
    where {column} is not null
    group by {column}
) leaves
cross join generate_series(1, cardinality(path)) depth
group by value
