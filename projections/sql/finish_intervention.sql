update projections.interventions
set outcome = $2, finished_at = clock_timestamp()
where intervention_id = $1 and finished_at is null
