select counts, position,
       extract(epoch from ended_at - begun_at)::float8 as seconds,
       extract(epoch from clock_timestamp() - ended_at)::float8 as seconds_ago
from feeds.runs
where ended_at is not null
order by ended_at desc
limit 1
