select {column} as value, count(*) as count
from {source}
where {column} is not null
group by {column}
