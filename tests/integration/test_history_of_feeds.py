"""The past of a real catalog is what its feeds said then: a slice of what the benchmark shows."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.harness.installation import Installation
from benchmarks.material.feeds import Snapshot, read_snapshots
from benchmarks.past.history import measure
from benchmarks.past.outcome import Outcome
from benchmarks.past.turns import QUICK

SLICE = slice(100, 250)
PLAN = replace(QUICK, seconds=0.05)


@pytest.fixture
def installation(database_url: str, redis_url: str, tmp_path: Path) -> Installation:
    return Installation(database_url, redis_url, tmp_path)


def months() -> Sequence[Snapshot]:
    """Prices move, some go and come back, and so do products; others are new or stay away."""
    first, second, third = (each.rows[SLICE] for each in read_snapshots([]))
    unpriced = [row | {"prices": []} for row in second[:20]]
    renamed = [row | {"name": f"{row['name']} II"} for row in third[30:40]]
    rows = (first[:-10], [*unpriced, *second[35:]], [*third[:30], *renamed, *third[50:]])
    return [
        replace(month, rows=of_it) for month, of_it in zip(read_snapshots([]), rows, strict=True)
    ]


@pytest.fixture
async def outcome(installation: Installation) -> Outcome:
    return await asyncio.to_thread(lambda: measure(installation, months(), PLAN, lambda _: None))


async def test_the_catalog_and_its_lowest_prices_are_those_of_the_feeds(outcome: Outcome) -> None:
    first, second, third = outcome.months
    assert [first, second, third] == list(outcome.expected)
    assert first.created == 140
    assert (second.created, second.archived) == (10, 15)
    assert (third.restored, third.archived) == (15, 10)

    assert [each.differing for each in outcome.compared] == [[], [], [], []]
    assert [each.products for each in outcome.compared] == [140, 135, 140, 135]

    assert outcome.lowest.by_function.wrong == outcome.lowest.over_http.wrong == []
    assert outcome.lowest.by_function.answers == outcome.lowest.products * 4
    assert not any(asked.failed for _, asked in outcome.versions)
    assert not any(turn.now.failed or turn.then.failed for turn in outcome.turns)
