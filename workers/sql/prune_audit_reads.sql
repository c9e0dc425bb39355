delete from access.audit_reads
where recorded_at < now() - $1::interval
