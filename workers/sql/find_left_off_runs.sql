select catalog_id, source, identity
from feeds.runs
where ended_at is null and begun_at < now() - $1::interval
  and (held_until is null or held_until < clock_timestamp())
