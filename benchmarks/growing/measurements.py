"""What was measured of logs of several lengths, in rounds, condensed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from benchmarks.asking.sources import LEAST
from benchmarks.harness.figures import Figure, figure, ratio

type Quantity = Literal["p50_ms", "p99_ms", "per_second", "failed", "found"]
"""Latencies are those of one who asks alone, throughput is that of many, and failures those of all;
`found` is the share of products that was found where it had to be, the less of both.
"""


@dataclass(frozen=True, slots=True)
class Measurement:
    operation: str
    quantity: Quantity
    events: int
    """Of the log, as it was filled."""
    round: int
    value: float


@dataclass(frozen=True, slots=True)
class Place:
    """In which log and round."""

    events: int
    round: int

    def latency(self, operation: str, p50_ms: float, p99_ms: float) -> Iterator[Measurement]:
        yield Measurement(operation, "p50_ms", self.events, self.round, p50_ms)
        yield Measurement(operation, "p99_ms", self.events, self.round, p99_ms)

    def throughput(self, operation: str, per_second: float) -> Measurement:
        return Measurement(operation, "per_second", self.events, self.round, per_second)

    def failed(self, operation: str, requests: int) -> Measurement:
        return Measurement(operation, "failed", self.events, self.round, requests)

    def found(self, operation: str, share: float) -> Measurement:
        return Measurement(operation, "found", self.events, self.round, share)


@dataclass(frozen=True, slots=True)
class Measurements:
    all: Sequence[Measurement]

    def sizes(self, operation: str | None = None) -> list[int]:
        """Events of the logs, from the shortest on: all, or those where that was measured."""
        return sorted({each.events for each in self.all if operation in (None, each.operation)})

    @property
    def operations(self) -> list[str]:
        """In the order in which they were measured."""
        return list(dict.fromkeys(each.operation for each in self.all))

    @property
    def failed(self) -> int:
        """Requests that were not answered as they should be."""
        return int(sum(each.value for each in self.all if each.quantity == "failed"))

    @property
    def elsewhere(self) -> list[str]:
        """Operations whose products were found elsewhere than they had to be, in some turn."""
        few = (each for each in self.all if each.quantity == "found" and each.value < LEAST)
        return list(dict.fromkeys(each.operation for each in few))

    def figure(self, operation: str, quantity: Quantity, events: int) -> Figure | None:
        """None where that was not measured."""
        values = self._of(operation, quantity, events)
        return figure(values) if values else None

    def curve(self, operation: str, quantity: Quantity) -> Mapping[int, Figure]:
        """By events."""
        figures = {
            events: self.figure(operation, quantity, events) for events in self.sizes(operation)
        }
        return {events: found for events, found in figures.items() if found}

    def times(self, operation: str, quantity: Quantity, events: int) -> Figure | None:
        """How many times as long it takes as in the shortest log, round by round."""
        least = self.sizes(operation)[0]
        short, long = (self._of(operation, quantity, each) for each in (least, events))
        if not long:
            return None
        return ratio(short, long) if quantity == "per_second" else ratio(long, short)

    def _of(self, operation: str, quantity: Quantity, events: int) -> list[float]:
        """In the order of rounds."""
        wanted = (operation, quantity, events)
        return [
            each.value
            for each in sorted(self.all, key=lambda each: each.round)
            if (each.operation, each.quantity, each.events) == wanted
        ]
