select {bounds}[range] || '-' || {bounds}[range + 1] - 1 as value, count
from (
    select width_bucket({column}, {bounds}) as range, count(*) as count
    from {source}
    where {column} is not null
    group by range
) ranges
