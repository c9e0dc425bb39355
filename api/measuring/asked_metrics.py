"""Figures that are the same whichever process tells them: asked for when they are scraped."""

from collections.abc import Iterable, Iterator

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily

from projections.code import code_digest
from projections.projector import Progress

DIGITS = 12
"""Of a digest: enough to tell two releases apart."""


def build() -> Metric:
    """1, for what this process is made of."""
    family = GaugeMetricFamily(
        "catalog_build_info", "The code that this process makes read tables with", labels=["code"]
    )
    family.add_metric([code_digest().hex()[:DIGITS]], 1)
    return family


def lags(progress: Iterable[Progress]) -> Iterator[Metric]:
    """How far reads are behind the log, by catalog."""
    events = GaugeMetricFamily(
        "catalog_query_lag_events", "Events that reads do not show yet", labels=["catalog"]
    )
    seconds = GaugeMetricFamily(
        "catalog_query_lag_seconds",
        "Age of the oldest event that reads do not show",
        labels=["catalog"],
    )
    for each in progress:
        events.add_metric([each.catalog], each.lag_events)
        seconds.add_metric([each.catalog], each.lag_seconds)
    yield from (events, seconds)
