delete from feeds.seen
where run_id = $1
