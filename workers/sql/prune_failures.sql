delete from feeds.failures as f
using feeds.runs as r
where r.run_id = f.run_id and r.ended_at < now() - $1::interval
