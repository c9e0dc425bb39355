"""What writes over HTTP are meant to be, and whether they were."""

from collections.abc import Iterator
from itertools import product

from benchmarks.harness.shown import Shown
from benchmarks.writing.plan import BOTH, CRUD, IN_PROCESS, METHODS, Method
from benchmarks.writing.results import Results

TIMES_IN_PROCESS, TIMES_CRUD = 4, 2
"""Writes a second, at least so many times another's."""
CONNECTIONS = (16, 64, 256)
"""With which CRUD is to be outdone: a single one waits for the commit, whoever answers."""
WHAT = {"POST": "new products", "PUT": "changed prices"}
IN_PROCESS_WHAT = {"POST": "saves of a new aggregate", "PUT": "loads, changes and saves"}


def promises(results: Results) -> Iterator[Shown]:
    """Of those who took part."""
    for method, who, other in product(METHODS, BOTH, IN_PROCESS):
        yield from _times_in_process(results, method, who, other)
    for method, who, connections in product(METHODS, BOTH, CONNECTIONS):
        yield from _times_crud(results, method, who, connections)


def _times_in_process(results: Results, method: Method, who: str, other: str) -> Iterator[Shown]:
    if times := results.ratio_of_best(method, who, [other]):
        what = (
            f"{who}: {WHAT[method]} over HTTP, at least {TIMES_IN_PROCESS} times the"
            f" {IN_PROCESS_WHAT[method]} of {other} in its process, each at its best"
        )
        yield Shown(what, f"{times:.2f}", times.median >= TIMES_IN_PROCESS)


def _times_crud(results: Results, method: Method, who: str, connections: int) -> Iterator[Shown]:
    if times := results.ratio(method, who, CRUD, connections):
        what = (
            f"{who}: {WHAT[method]}, {connections} connections, at least {TIMES_CRUD} times"
            f" {CRUD}'s with an audit table"
        )
        yield Shown(what, f"{times:.2f}", times.median >= TIMES_CRUD)
