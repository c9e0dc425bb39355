select value, count(*) as count
from {source}
cross join unnest({column}) value
group by value
