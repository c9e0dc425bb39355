select counted as value, count(*) as count
from ({source}) matching
where counted is not null
group by counted
