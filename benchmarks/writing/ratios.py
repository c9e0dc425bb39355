"""What a floor may be set for: us without a worker, whose start the quick mode has no time for."""

from collections.abc import Iterator

from benchmarks.harness.figures import Figure
from benchmarks.writing.plan import CRUD, EVENTSOURCING, METHODS, OURS
from benchmarks.writing.results import Results

CONNECTIONS = 64


def ratios(results: Results) -> Iterator[tuple[str, Figure]]:
    """Of those who took part."""
    for method in METHODS:
        if times := results.ratio(method, OURS, CRUD, CONNECTIONS):
            yield f"{method}, {CONNECTIONS} connections: times {CRUD}", times
        if times := results.ratio_of_best(method, OURS, [EVENTSOURCING]):
            yield f"{method}: times {EVENTSOURCING} in its process", times
