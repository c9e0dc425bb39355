"""What is told of reads, from made-up cells."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from itertools import product

import pytest

from benchmarks.asking.asking import Asked
from benchmarks.asking.questions import LIST, SEARCH
from benchmarks.asking.sources import share
from benchmarks.harness.figures import Figure
from benchmarks.harness.part import Part
from benchmarks.harness.telling import as_json, lines
from benchmarks.reading.kinds import BY_SKU, CONSTANT, HOT, ORM, REDIS
from benchmarks.reading.part import part
from benchmarks.reading.plan import QUICK, Plan
from benchmarks.reading.reads import Cell, Setting
from tests.measured import MACHINE, broken

PLAN = Plan(products=(1_000, 55_795, 1_000_000))
RATES = {CONSTANT: 10_000, HOT: 11_000, REDIS: 7_000, ORM: 1_000}
"""Requests a second of 32 connections; of others, and of one connection, SLOW."""
SLOW = 500


def _cells(plan: Plan, rates: Mapping[Setting, float] | None = None) -> list[Cell]:
    """Of all rounds; `rates` says which are others than RATES."""
    settings = [
        Setting(products, turn, connections)
        for products in plan.products
        for turns, connections in ((plan.together, plan.connections), (plan.alone, 1))
        for turn in turns
    ]
    return [
        Cell(setting, n, _asked((rates or {}).get(setting, _rate(setting))), found=None)
        for n, setting in product(range(plan.rounds), settings)
    ]


def _rate(setting: Setting) -> float:
    return RATES.get(setting.turn, SLOW) if setting.connections > 1 else SLOW


def _asked(rate: float) -> Asked:
    return Asked(int(2 * rate), failed=0, seconds=2, p50_ms=1_000 / rate, p99_ms=2_000 / rate)


def _part(cells: list[Cell], plan: Plan = PLAN) -> Part:
    return part(MACHINE, plan, cells, "wrk", "products.ndjson (2,117 rows)")


def test_what_holds_keeps_all() -> None:
    told = _part(_cells(PLAN))

    assert broken(told.shown) == []
    assert len(told.shown) == 3 * 3 + 2 * 2 + 2
    assert told.failed is None


@pytest.mark.parametrize(
    ("products", "turn", "connections", "rate", "promises"),
    [
        (1_000, HOT, 32, 9_900, ["ours, from memory, at least 1 times constant"]),
        (1_000_000, REDIS, 32, 5_900, ["ours, from Redis, at least 0.6 times constant"]),
        (55_795, ORM, 32, 2_300, ["ours, from memory, at least 5 times ORM"]),
        (55_795, SEARCH, 1, 60, [f"{SEARCH}, p50 at most 15 ms"]),
        (
            1_000,
            SEARCH,
            1,
            49,
            [f"{SEARCH}, {each}" for each in ("p50 at most 15 ms", "p99 at most 40 ms")],
        ),
        (1_000_000, HOT, 1, SLOW / 1.6, [f"{HOT}, time at most 1.5 times that at 1,000"]),
        (1_000_000, LIST, 1, SLOW / 1.6, [f"{LIST}, time at most 1.5 times that at 1,000"]),
    ],
)
def test_what_is_too_slow_is_told(
    products: int, turn: str, connections: int, rate: float, promises: list[str]
) -> None:
    told = _part(_cells(PLAN, {Setting(products, turn, connections): rate}))

    assert broken(told.shown) == [f"{products:,} products: {each}" for each in promises]
    assert told.failed is None


@pytest.mark.parametrize(
    ("products", "turn", "connections"), [(1_000_000, SEARCH, 1), (55_795, BY_SKU, 32)]
)
def test_nothing_else_is_promised(products: int, turn: str, connections: int) -> None:
    assert broken(_part(_cells(PLAN, {Setting(products, turn, connections): 1})).shown) == []


def test_floors_are_of_the_smallest_catalog_round_by_round() -> None:
    cells = _cells(QUICK)
    hot = {0: 4_000, 1: 10_000, 2: 12_000}
    changed = [
        replace(cell, asked=_asked(hot[cell.round])) if cell.setting.turn == HOT else cell
        for cell in cells
    ]

    told = _part(changed, QUICK)

    assert told.ratios == {
        "hot reads, times the constant": Figure(1.0, 0.4, 1.2),
        "reads from Redis, times the constant": Figure(0.7, 0.7, 0.7),
        "hot reads, times the ORM": Figure(10.0, 4.0, 12.0),
    }


def test_the_quick_mode_tells_of_what_it_asked() -> None:
    told = _part(_cells(QUICK), QUICK)

    assert len(told.shown) == 3
    assert "one by one" not in "\n".join(lines(told))


def test_all_are_told_beside_the_constant_and_beside_the_orm() -> None:
    told = _part(_cells(QUICK), QUICK).report

    [of_redis] = [line for line in told if line.startswith(f"| {REDIS} ")]
    assert "| 0.70 (0.70 … 0.70) | 7.00 (7.00 … 7.00) | 7,000 " in " ".join(of_redis.split())


def test_requests_that_fail_fail_the_benchmark() -> None:
    first, *others = _cells(PLAN)

    told = _part([replace(first, asked=replace(first.asked, failed=7)), *others])

    assert told.failed
    assert "| 7 " in "\n".join(told.report)


@pytest.mark.parametrize(
    ("found", "failed"),
    [
        (None, None),
        (0.5, None),
        (0.49, "products were found elsewhere than they had to be: ours, from Redis"),
    ],
)
def test_products_that_were_found_elsewhere_fail_the_benchmark_and_all_else_is_told(
    found: float | None, failed: str | None
) -> None:
    cells = _cells(PLAN)
    of_redis = next(n for n, cell in enumerate(cells) if cell.setting.turn == REDIS)
    cells[of_redis] = replace(cells[of_redis], found=found)

    told = _part(cells)

    assert told.failed == failed
    assert broken(told.shown) == []


def test_a_share_of_no_products_at_all_is_none_of_them() -> None:
    assert share("redis", Counter()) == 0
    assert share("redis", Counter(redis=3, database=1)) == 0.75


def test_every_cell_is_kept() -> None:
    kept = json.loads(json.dumps(as_json(_part(_cells(PLAN)))))

    assert len(kept["cells"]) == len(_cells(PLAN))
    assert kept["cells"][0]["setting"]["products"] == 1_000
    assert kept["promises"][0]["kept"] is True


@pytest.mark.parametrize(
    ("products", "rows", "sizes"),
    [
        ((), 2_117, [1_000, 55_795, 1_000_000]),
        ((), 60_000, [1_000, 60_000, 1_000_000]),
        ((700, 200, 700), 2_117, [200, 700]),
    ],
)
def test_catalogs_are_as_long_as_the_feed_where_nobody_says(
    products: tuple[int, ...], rows: int, sizes: list[int]
) -> None:
    assert Plan(products=products).sizes(rows) == sizes
