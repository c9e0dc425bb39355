-- Many products have the same values.
select value, sum(count)::bigint as count
from (
    select counted as values, count(*) as count
    from ({source}) matching
    where counted is not null
    group by counted
) alike
cross join jsonb_array_elements_text(values) value
group by value
