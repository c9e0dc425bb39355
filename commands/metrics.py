"""What the write side measures of itself: see `api/measuring/` and `events/metrics.py`."""

from prometheus_client import Counter

REPLAYS = Counter(
    "catalog_command_replays_total",
    "Requests that were answered as their idempotency key was before",
    ["catalog"],
)
