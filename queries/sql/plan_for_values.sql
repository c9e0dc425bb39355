-- What a filter leaves depends on its value: a plan for any value would be the wrong one for most.
-- A table has the rows of all catalogs: who reads it from end to end reads those of others.
set local plan_cache_mode = force_custom_plan;
set local enable_seqscan = off
