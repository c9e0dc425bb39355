-- What a filter leaves depends on its value: a plan for any value would be the wrong one for most.
-- A table has the rows of all catalogs: who reads it from end to end reads those of others. To start
-- other processes takes longer than the longest of these statements may.
set local plan_cache_mode = force_custom_plan;
set local enable_seqscan = off;
set local max_parallel_workers_per_gather = 0
