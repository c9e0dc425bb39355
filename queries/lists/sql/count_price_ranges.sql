select (:bounds)[range] || '-' || (:bounds)[range + 1] - 1 as value, count
from (
    select width_bucket(counted, :bounds) as range, count(*) as count
    from ({source}) matching
    where counted is not null
    group by range
) ranges
