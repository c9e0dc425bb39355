"""The worker's metrics: `catalog_projection_*`."""

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics

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
    "Duration of a batch, from reading the log to its commit",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)
FAILURES = Counter(
    "catalog_projection_failures_total", "Passes that failed, and streams parked", ["reason"]
)
POOL = Gauge("catalog_projection_pool_connections", "Connections to PostgreSQL", ["state"])
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
JOBS = Counter(
    "catalog_projection_jobs_total", "Attempts at jobs, by what came of them", ["kind", "state"]
)
JOB_SECONDS = Histogram(
    "catalog_projection_job_seconds",
    "Duration of an attempt at a job",
    ["kind"],
    buckets=(1, 5, 15, 60, 300, 900, 3600, 14400),
)
