"""The results of `reads.py` as tables in Markdown."""

from collections.abc import Iterator

from benchmarks.asking.measures import p50_ms, p99_ms, per_second, request_ms
from benchmarks.harness.tables import NONE, Row, table
from benchmarks.reading.kinds import CONSTANT, ORM
from benchmarks.reading.promises import times
from benchmarks.reading.reads import Setting
from benchmarks.reading.results import Results


def report(results: Results) -> Iterator[str]:
    for products in results.sizes:
        yield from _together(results, products)
    if alone := list(_alone(results)):
        yield "Asked one by one, on one connection:\n"
        yield from table(["", "products", "ms a request", "p50, ms", "p99, ms", "failed"], alone)


def _together(results: Results, products: int) -> Iterator[str]:
    connections = results.connections[0]
    yield f"{products:,} products, {connections} connections:\n"
    beside = [f"times {other}" for other in (CONSTANT, ORM)]
    head = ["", *beside, "a second", "p50, ms", "p99, ms", "failed", "found there"]
    rows = []
    for turn in results.turns(connections):
        its = Setting(products, turn, connections)
        ratios = [f"{times(results, products, turn, other):.2f}" for other in (CONSTANT, ORM)]
        rate = results.figure(its, per_second)
        found = results.found(its)
        there = f"{found:.0%}" if found else NONE
        rows.append([turn, *ratios, f"{rate:,.0f}", *_spread(results, its), there])
    yield from table(head, rows)
    yield ""


def _alone(results: Results) -> Iterator[Row]:
    for turn in results.turns(1):
        for products in results.sizes:
            its = Setting(products, turn, 1)
            each = results.figure(its, request_ms)
            yield [turn, f"{products:,}", f"{each:.2f}", *_spread(results, its)]


def _spread(results: Results, setting: Setting) -> list[str]:
    """And what is to be held against it."""
    spread = [f"{results.figure(setting, measure):.2f}" for measure in (p50_ms, p99_ms)]
    return [*spread, f"{results.failed(setting):,}"]
