-- Another feed has come instead of the one that was broken off.
update feeds.runs as r
set epoch = r.epoch + 1, holder = null, held_until = null, ended_at = clock_timestamp(),
    outcome = 'superseded'
where r.catalog_id = $1 and r.source = $2 and r.ended_at is null and r.identity <> $3
  and (r.held_until is null or r.held_until < clock_timestamp())
returning r.run_id
