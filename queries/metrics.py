"""What the read side measures of itself: see `api/measuring/` for requests."""

from prometheus_client import Counter

READS = Counter(
    "catalog_query_product_reads_total",
    "Products answered, by where they were found: process, redis, database, or stale (in Redis,"
    " vouched for by no worker, while PostgreSQL is away)",
    ["source"],
)
CACHE_FAILURES = Counter(
    "catalog_query_cache_failures_total",
    "Look-ups in Redis (find) and what was to be kept there (keep) that were done without: it is"
    " away, slow or full",
    ["operation"],
)
for operation in ("find", "keep"):
    CACHE_FAILURES.labels(operation)  # to Prometheus, from nothing to 1 is no increase
DATABASE_FAILURES = Counter(
    "catalog_query_product_look_up_failures_total",
    "Look-ups of products in PostgreSQL that failed, or were not tried as it is away",
)
