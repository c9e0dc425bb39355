"""What reads are meant to be, and whether they were."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from benchmarks.read_results import Results, p50_ms, p99_ms, per_second, request_ms
from benchmarks.read_turns import CONSTANT, HOT, ORM, PAGE, REDIS, SEARCH
from benchmarks.reads import Setting
from benchmarks.results import Figure

TIMES = ((HOT, CONSTANT, 1.0), (REDIS, CONSTANT, 0.6), (HOT, ORM, 5.0))
"""Reads a second, at least so many times those of another."""
SEARCHED = 55_795
"""The most products of which searches are promised to take so long, asked one by one."""
SEARCHES = (("p50", p50_ms, 15.0), ("p99", p99_ms, 40.0))
GROWING, GROWTH = (HOT, PAGE), 1.5
"""The time of a request, asked one by one, at most so many times that of the smallest catalog."""


@dataclass(frozen=True, slots=True)
class Promise:
    text: str
    measured: Figure
    required: float
    of_time: bool = False

    @property
    def kept(self) -> bool:
        if self.of_time:
            return self.measured.median <= self.required
        return self.measured.median >= self.required


def promises(results: Results) -> Iterator[Promise]:
    for products, (one, other, required) in product(results.sizes, TIMES):
        yield _times(results, products, one, other, required)
    for products, (name, measure, required) in product(results.sizes, SEARCHES):
        if products <= SEARCHED:
            measured = results.figure(Setting(products, SEARCH, 1), measure)
            text = f"{products:,} products: {SEARCH}, {name} at most {required:g} ms"
            yield Promise(text, measured, required, of_time=True)
    for turn in GROWING:
        if len(results.sizes) > 1:
            yield _growth(results, turn)


def _times(results: Results, products: int, one: str, other: str, required: float) -> Promise:
    connections = results.connections[0]
    ratio = results.ratio(
        Setting(products, one, connections), Setting(products, other, connections), per_second
    )
    text = f"{products:,} products: {one}, at least {required:g} times {other}"
    return Promise(text, ratio, required)


def _growth(results: Results, turn: str) -> Promise:
    least, most = results.sizes[0], results.sizes[-1]
    ratio = results.ratio(Setting(most, turn, 1), Setting(least, turn, 1), request_ms)
    text = f"{most:,} products: {turn}, time at most {GROWTH:g} times that at {least:,}"
    return Promise(text, ratio, GROWTH, of_time=True)
