"""What arq has the worker do is counted by what came of it."""

import asyncio
from contextlib import nullcontext
from typing import Any

import pytest
from prometheus_client import REGISTRY

from workers.measured import measured
from workers.schedule import CRON_JOBS, FUNCTIONS


@measured
async def stocktaking(ctx: dict[str, Any]) -> None:
    if error := ctx.get("error"):
        raise error


def runs(state: str) -> float:
    labels = {"function": "stocktaking", "state": state}
    return REGISTRY.get_sample_value("catalog_projection_arq_jobs_total", labels) or 0.0


def timed(function: str) -> float | None:
    return REGISTRY.get_sample_value(
        "catalog_projection_arq_job_seconds_count", {"function": function}
    )


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (None, "succeeded"),
        (ValueError(), "failed"),
        (asyncio.CancelledError(), "interrupted"),
    ],
)
async def test_a_run_is_counted_by_its_end(error: BaseException | None, state: str) -> None:
    before, timed_before = runs(state), timed("stocktaking") or 0.0
    with pytest.raises(type(error)) if error else nullcontext():
        await stocktaking({"error": error})
    assert runs(state) == before + 1
    assert timed("stocktaking") == timed_before + 1


def test_all_that_arq_knows_is_measured() -> None:
    scheduled = [each.name.removeprefix("cron:") for each in CRON_JOBS]
    names = [*scheduled, *(each.name for each in FUNCTIONS)]
    assert [name for name in names if timed(name) is None] == []
