"""What the log's writers measure: see `api/measuring/` for what requests are measured by."""

from collections import Counter as Tally
from collections.abc import Sequence

from prometheus_client import Counter, Histogram

APPENDS = Counter(
    "catalog_command_appends_total",
    "Appends, by what came of them in the log: appended, replayed, key_reused, version_conflict,"
    " claim_taken; or failed, and unconfirmed, of which nobody knows",
    ["catalog", "outcome"],
)
EVENTS_APPENDED = Counter(
    "catalog_command_events_appended_total", "Events that the log has got", ["catalog"]
)
BATCH_APPENDS = Histogram(
    "catalog_command_append_batch_appends",
    "Appends that shared a commit",
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500),
)
BATCH_SECONDS = Histogram(
    "catalog_command_append_batch_seconds",
    "Duration of a batch's call and its commit",
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)


def batch_settled(
    catalog: str, events: Sequence[int], outcomes: Sequence[str], seconds: float
) -> None:
    """`events` and `outcomes` are of each append."""
    BATCH_APPENDS.observe(len(outcomes))
    BATCH_SECONDS.observe(seconds)
    for outcome, appends in Tally(outcomes).items():
        APPENDS.labels(catalog, outcome).inc(appends)
    appended = zip(events, outcomes, strict=True)
    EVENTS_APPENDED.labels(catalog).inc(sum(n for n, outcome in appended if outcome == "appended"))
