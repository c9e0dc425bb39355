select substr(value, length({prefix}) + 1) as value, count(*) as count
from {source}
cross join unnest({column}) value
where starts_with(value, {prefix})
group by value
