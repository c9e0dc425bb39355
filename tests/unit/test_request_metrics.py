"""Requests are counted by operation; what anybody may send makes no series of its own."""

import pytest
from prometheus_client import REGISTRY

from api.measuring.metrics import SIDES


def series() -> set[tuple[str, ...]]:
    return {
        tuple(sample.labels.values())
        for family in REGISTRY.collect()
        for sample in family.samples
        if sample.name == "catalog_command_requests_total"
    }


@pytest.mark.parametrize("method", ["PROPFIND", "TRACE", "X" * 9, "get", ""])
def test_methods_that_no_operation_has_are_one_series(method: str) -> None:
    SIDES["command"].answered("other", "BREW", 404, 0.001)
    before = series()

    SIDES["command"].answered("other", method, 404, 0.001)

    assert series() == before


def test_an_operation_begins_with_no_error() -> None:
    SIDES["command"].answered("brewing", "POST", 201, 0.001)
    labels = {"operation": "brewing"}
    assert REGISTRY.get_sample_value("catalog_command_errors_total", labels) == 0

    SIDES["command"].answered("brewing", "POST", 503, 0.001)

    assert REGISTRY.get_sample_value("catalog_command_errors_total", labels) == 1
