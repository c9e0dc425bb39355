"""What the log is meant to keep up with, and whether it did."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.appending.contestants.lineup import (
    EVENTSOURCING,
    EVENTSOURCING_FUNCTIONS,
    ONE_EACH,
    OURS,
    PGBENCH,
    PLAIN,
)
from benchmarks.appending.results import Results, p50_ms
from benchmarks.harness.shown import Shown


@dataclass(frozen=True, slots=True)
class Promise:
    """The log's appends a second are at least `required` times another's."""

    than: str
    required: float
    writers: int = 64
    delay: int = 0

    def __str__(self) -> str:
        delayed = f", commit delay {self.delay} ms" if self.delay else ""
        what = f"appends a second, at least {self.required:g} times {self.than}"
        return f"{self.writers} writers{delayed}: {what}"


TIMES: Sequence[Promise] = (
    Promise(PGBENCH.name, 1),
    Promise(EVENTSOURCING.name, 10),
    Promise(EVENTSOURCING_FUNCTIONS.name, 10),
    Promise(ONE_EACH.name, 1.3, delay=1),
)
ALONE = 1.5
"""A lone writer's p50, at most so many times that of a plain insert."""


def promises(results: Results) -> Iterator[Shown]:
    """Of those who took part."""
    for promise in TIMES:
        if measured := results.ratio(OURS.name, promise.than, promise.writers, promise.delay):
            kept = measured.median >= promise.required
            yield Shown(str(promise), f"{measured:.2f}", kept)
    if measured := results.ratio(OURS.name, PLAIN.name, 1, 0, p50_ms):
        what = f"a lone writer: p50, at most {ALONE:g} times {PLAIN.name}"
        yield Shown(what, f"{measured:.2f}", measured.median <= ALONE)
