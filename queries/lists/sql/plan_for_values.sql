-- What a filter leaves depends on its value: a plan for any value would be the wrong one for most.
-- A table has the rows of all catalogs: who reads it from end to end reads those of others. What is
-- read often is in memory, wherever it lies. To start other processes takes longer than a list may.
set local plan_cache_mode = force_custom_plan;
set local enable_seqscan = off;
set local random_page_cost = 1.1;
set local max_parallel_workers_per_gather = 0
