"""The worker's metrics: `catalog_projection_*`."""

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics

from events.database import PoolState

disable_created_metrics()  # type: ignore[no-untyped-call]

LAG_EVENTS = Gauge(
    "catalog_projection_lag_events", "Events of the log not yet applied", ["catalog"]
)
LAG_SECONDS = Gauge(
    "catalog_projection_lag_seconds", "Age of the oldest event not yet applied", ["catalog"]
)
PARKED_STREAMS = Gauge(
    "catalog_projection_parked_streams", "Streams that could not be applied", ["catalog"]
)
EVENTS = Counter("catalog_projection_events_total", "Events applied", ["catalog"])
BATCH_SECONDS = Histogram(
    "catalog_projection_batch_seconds",
    "Duration of a batch's transaction",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)
BATCH_EVENTS = Histogram(
    "catalog_projection_batch_events",
    "Events of a batch",
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000),
)
VISIBLE_SECONDS = Histogram(
    "catalog_projection_visible_seconds",
    "From an append to when reads show it; one for each distinct append time in a batch",
    buckets=(0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60),
)
OUTDATED = Gauge(
    "catalog_projection_outdated", "Whether the read tables are of other code than this worker"
)
REBUILD_PROGRESS = Gauge(
    "catalog_projection_rebuild_progress", "Of the rebuild under way, 0 to 1; 0 without one"
)
DRIFT_CHECKED = Counter(
    "catalog_projection_drift_checked_total", "Products compared with the log", ["catalog"]
)
DRIFT = Counter(
    "catalog_projection_drift_total",
    "Products found not to be what the log says",
    ["catalog", "where"],
)
FAILURES = Counter(
    "catalog_projection_failures_total", "Passes that failed, and streams parked", ["reason"]
)
POOL = Gauge("catalog_projection_pool_connections", "Connections to PostgreSQL", ["state"])
POOL_WAITING = Gauge("catalog_projection_pool_waiting", "Who waits for a connection to PostgreSQL")
SIGNED_SIZE = Gauge(
    "catalog_projection_signed_size", "Events of the log under its last checkpoint", ["catalog"]
)
SIGNING_SECONDS = Histogram(
    "catalog_projection_signing_seconds",
    "Duration of a checkpoint, from reading the last one to its commit",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)
SIGNING_FAILURES = Counter(
    "catalog_projection_signing_failures_total", "Checkpoints that were not signed", ["reason"]
)
for reason in ("database", "error", "forked", "missing"):
    SIGNING_FAILURES.labels(reason)  # to Prometheus, from nothing to 1 is no increase
for reason in ("catalog", "database", "event", "redis"):
    FAILURES.labels(reason)
JOBS = Counter(
    "catalog_projection_jobs_total", "Attempts at jobs, by what came of them", ["kind", "state"]
)
JOB_SECONDS = Histogram(
    "catalog_projection_job_seconds",
    "Duration of an attempt at a job",
    ["kind"],
    buckets=(1, 5, 15, 60, 300, 900, 3600, 14400),
)
JOBS_WAITING = Gauge("catalog_projection_jobs_waiting", "Jobs that no worker has begun", ["kind"])
JOB_WAIT_SECONDS = Gauge(
    "catalog_projection_job_wait_seconds",
    "Age of the oldest job that no worker has begun",
    ["kind"],
)
IMPORT_ROWS = Counter(
    "catalog_projection_import_rows_total",
    "Rows of uploaded feeds, by what became of them, and products that such feeds had archived",
    ["catalog", "outcome"],
)

ARQ_QUEUE = Gauge(
    "catalog_projection_arq_queue_jobs", "Jobs that arq has in its queue, those that run included"
)
ARQ_JOBS = Counter(
    "catalog_projection_arq_jobs_total",
    "Runs of what arq has the worker do, by what came of them",
    ["function", "state"],
)
ARQ_JOB_SECONDS = Histogram(
    "catalog_projection_arq_job_seconds",
    "Duration of such a run",
    ["function"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300),
)


def pooled(state: PoolState) -> None:
    POOL.labels("in_use").set(state.in_use)
    POOL.labels("free").set(state.free)
    POOL.labels("limit").set(state.limit)
    POOL_WAITING.set(state.waiting)


def forget_lag() -> None:
    """No figure rather than an old one."""
    LAG_EVENTS.clear()
    LAG_SECONDS.clear()
    PARKED_STREAMS.clear()
