"""Whoever runs the service finds each of its metrics in the documentation, and in the code."""

import re
from collections.abc import Iterator
from itertools import chain

from prometheus_client import Counter, Gauge
from prometheus_client.metrics import MetricWrapperBase

import api.measuring.metrics
import commands.metrics
import events.metrics
import queries.metrics
import workers.metrics
from api.measuring.asked_metrics import build, lags
from projections.projector import Progress
from tests.observability import DASHBOARDS, METRIC, ROOT, RULES

OF_THE_API = (api.measuring.metrics, commands.metrics, events.metrics, queries.metrics)
DOCUMENT = ROOT / "docs/observing.md"
ROW = re.compile(r"^\| `(catalog_\w+)` \| ([^|]+) \|", re.MULTILINE)
SERIES_OF_A_HISTOGRAM = re.compile("_(bucket|count|sum)$")
SOMEWHERE = Progress("main", 1, 1, b"", 1, 1, 0.0, 0, 0)


def kept(*modules: object) -> Iterator[MetricWrapperBase]:
    """What the modules and the sides of the API measure with."""
    holders = [*modules, *api.measuring.metrics.SIDES.values()]
    for value in chain.from_iterable(vars(each).values() for each in holders):
        if isinstance(value, MetricWrapperBase):
            yield value


def measured() -> dict[str, set[str]]:
    """The labels of each, by its name."""
    labels = {}
    for each in kept(*OF_THE_API, workers.metrics):
        name = each._name + ("_total" if isinstance(each, Counter) else "")  # noqa: SLF001
        labels[name] = set(each._labelnames)  # noqa: SLF001
    for asked in (build(), *lags([SOMEWHERE])):
        labels[asked.name] = {*asked.samples[0].labels}
    return labels


def used(text: str) -> set[str]:
    return {SERIES_OF_A_HISTOGRAM.sub("", name) for name in METRIC.findall(text)}


def test_the_documentation_lists_every_metric_and_no_other() -> None:
    listed = ROW.findall(DOCUMENT.read_text())
    assert sorted(name for name, _ in listed) == sorted(measured())
    for name, labels in listed:
        named = set(re.findall(r"\w+", labels))
        assert (name, named) == (name, measured()[name])


def test_gauges_of_the_api_are_of_those_who_live() -> None:
    """Where several processes serve, what an ended one held is held no more."""
    modes = {each._multiprocess_mode for each in kept(*OF_THE_API) if isinstance(each, Gauge)}  # noqa: SLF001
    assert modes <= {"livesum", "livemax"}


def test_dashboards_show_every_metric_and_nothing_else() -> None:
    shown = set().union(*(used(each.read_text()) for each in DASHBOARDS))
    assert shown == set(measured())


def test_alerts_rest_on_what_is_measured() -> None:
    watched = set().union(*(used(each.read_text()) for each in RULES))
    assert watched
    assert watched <= set(measured())
