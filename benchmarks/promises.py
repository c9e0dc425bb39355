"""What the log is meant to keep up with, and whether it did."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.contestants.lineup import (
    EVENTSOURCING,
    EVENTSOURCING_FUNCTIONS,
    ONE_EACH,
    OURS,
    PGBENCH,
    PLAIN,
)
from benchmarks.results import Figure, Results


@dataclass(frozen=True, slots=True)
class Promise:
    """The log's appends a second are `required` times another's, or its p50 at most that."""

    than: str
    required: float
    writers: int
    delay: int = 0
    of_latency: bool = False

    def __str__(self) -> str:
        load = f"{self.writers} writers" if self.writers > 1 else "a lone writer"
        delayed = f", commit delay {self.delay} ms" if self.delay else ""
        what = "p50 at most" if self.of_latency else "appends a second at least"
        return f"{load}{delayed}: {what} {self.required:g} times those of {self.than}"

    def measured(self, results: Results) -> Figure | None:
        return results.ratio(
            OURS.name, self.than, self.writers, self.delay, of_latency=self.of_latency
        )

    def kept(self, measured: Figure) -> bool:
        if self.of_latency:
            return measured.median <= self.required
        return measured.median >= self.required


PROMISES: Sequence[Promise] = (
    Promise(PGBENCH.name, 1, writers=64),
    Promise(EVENTSOURCING.name, 10, writers=64),
    Promise(EVENTSOURCING_FUNCTIONS.name, 10, writers=64),
    Promise(ONE_EACH.name, 1.3, writers=64, delay=1),
    Promise(PLAIN.name, 1.5, writers=1, of_latency=True),
)
