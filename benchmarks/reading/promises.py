"""What reads are meant to be, and whether they were."""

from collections.abc import Iterator
from itertools import product

from benchmarks.asking.measures import p50_ms, p99_ms, per_second, request_ms
from benchmarks.asking.questions import LIST, SEARCH
from benchmarks.harness.figures import Figure
from benchmarks.harness.shown import Shown
from benchmarks.reading.kinds import CONSTANT, HOT, ORM, REDIS
from benchmarks.reading.reads import Setting
from benchmarks.reading.results import Results

TIMES = ((HOT, CONSTANT, 1.0), (REDIS, CONSTANT, 0.6), (HOT, ORM, 5.0))
"""Reads a second, at least so many times those of another."""
SEARCHED = 55_795
"""The most products of which searches are promised to take so long, asked one by one."""
SEARCHES = (("p50", p50_ms, 15.0), ("p99", p99_ms, 40.0))
GROWING, GROWTH = (HOT, LIST), 1.5
"""The time of a request, asked one by one, at most so many times that of the smallest catalog."""
FLOORS = {
    "hot reads, times the constant": (HOT, CONSTANT),
    "reads from Redis, times the constant": (REDIS, CONSTANT),
    "hot reads, times the ORM": (HOT, ORM),
}


def promises(results: Results) -> Iterator[Shown]:
    """Of what was asked."""
    for products, (one, other, required) in product(results.sizes, TIMES):
        measured = times(results, products, one, other)
        what = f"{products:,} products: {one}, at least {required:g} times {other}"
        yield Shown(what, f"{measured:.2f}", measured.median >= required)
    alone = results.turns(1)
    for products, (name, measure, most) in product(results.sizes, SEARCHES):
        if SEARCH in alone and products <= SEARCHED:
            measured = results.figure(Setting(products, SEARCH, 1), measure)
            what = f"{products:,} products: {SEARCH}, {name} at most {most:g} ms"
            yield Shown(what, f"{measured:.2f}", measured.median <= most)
    for turn in GROWING:
        if turn in alone and len(results.sizes) > 1:
            yield _growth(results, turn)


def ratios(results: Results) -> dict[str, Figure]:
    """Of the smallest catalog."""
    smallest = results.sizes[0]
    return {name: times(results, smallest, one, other) for name, (one, other) in FLOORS.items()}


def times(results: Results, products: int, one: str, other: str) -> Figure:
    """Requests a second of all connections together."""
    connections = results.connections[0]
    its, others = (Setting(products, turn, connections) for turn in (one, other))
    return results.ratio(its, others, per_second)


def _growth(results: Results, turn: str) -> Shown:
    least, most = results.sizes[0], results.sizes[-1]
    ratio = results.ratio(Setting(most, turn, 1), Setting(least, turn, 1), request_ms)
    what = f"{most:,} products: {turn}, time at most {GROWTH:g} times that at {least:,}"
    return Shown(what, f"{ratio:.2f}", ratio.median <= GROWTH)
