"""Whoever runs the service finds each of its metrics in the documentation, and in the code."""

import re
from pathlib import Path

from prometheus_client import REGISTRY

import api.metrics
import queries.metrics
import workers.metrics

MEASURING = (api.metrics, queries.metrics, workers.metrics)
ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs/deployment.md"
DASHBOARD = ROOT / "docker/grafana/dashboards/catalog.json"
SERIES_OF_A_HISTOGRAM = re.compile("_(bucket|count|sum)$")


def measured() -> set[str]:
    assert all(MEASURING)
    families = [each for each in REGISTRY.collect() if each.name.startswith("catalog_")]
    return {f"{each.name}_total" if each.type == "counter" else each.name for each in families}


def test_the_documentation_lists_every_metric_and_no_other() -> None:
    listed = re.findall(r"^\| `(catalog_\w+)` \|", DOCUMENT.read_text(), re.MULTILINE)
    assert sorted(listed) == sorted(measured())


def test_the_dashboard_shows_nothing_that_is_not_measured() -> None:
    shown = set(re.findall(r"catalog_\w+", DASHBOARD.read_text()))
    assert shown
    assert {SERIES_OF_A_HISTOGRAM.sub("", each) for each in shown} <= measured()
