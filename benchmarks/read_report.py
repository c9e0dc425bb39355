"""The results of `benchmarks/reads.py` as tables in Markdown, promises first."""

from collections.abc import Iterator

from benchmarks.append_report import NONE, Row, table
from benchmarks.read_promises import promises
from benchmarks.read_results import Results, p50_ms, p99_ms, per_second, request_ms
from benchmarks.read_turns import CONSTANT
from benchmarks.reads import Setting


def report(results: Results) -> Iterator[str]:
    yield "What was promised; medians (least … most of the rounds):\n"
    yield from table(["", "measured", "kept"], _promises(results))
    for products in results.sizes:
        yield from _together(results, products)
    yield "\nAsked one by one, on one connection:\n"
    yield from table(
        ["", "products", "ms a request", "p50, ms", "p99, ms", "failed"], list(_alone(results))
    )


def _promises(results: Results) -> list[Row]:
    return [
        [each.text, f"{each.measured:.2f}", "yes" if each.kept else "NO"]
        for each in promises(results)
    ]


def _together(results: Results, products: int) -> Iterator[str]:
    connections = results.connections[0]
    yield f"\n{products:,} products, {connections} connections:\n"
    head = ["", "a second", f"times {CONSTANT}", "p50, ms", "p99, ms", "failed", "found there"]
    constant = Setting(products, CONSTANT, connections)
    rows = []
    for turn in results.turns(connections):
        its = Setting(products, turn, connections)
        ratio = results.ratio(its, constant, per_second)
        rate = results.figure(its, per_second)
        found = results.found(its)
        there = f"{found:.0%}" if found else NONE
        rows.append([turn, f"{rate:,.0f}", f"{ratio:.2f}", *_spread(results, its), there])
    yield from table(head, rows)


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
