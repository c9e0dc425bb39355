delete from feeds.runs
where ended_at < now() - $1::interval
