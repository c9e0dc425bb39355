"""Who is called in a process, by threads."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from uuid import UUID

from benchmarks.asking.asking import Asked
from benchmarks.asking.load import Load
from benchmarks.harness.spread import spread
from benchmarks.writing.contestants.eventsourcing_products import register, set_prices
from benchmarks.writing.plan import Turn
from benchmarks.writing.turns import Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    name: str
    database_url: str
    ids: Sequence[UUID]
    settings: Mapping[str, str]
    process: Executor
    """Only it is at work there."""

    def write(self, turn: Turn) -> Written:
        load = self._load(turn)
        took = spread(load.latencies)
        return Written(Asked(len(load.latencies), 0, turn.seconds, took.p50, took.p99))

    def _load(self, turn: Turn) -> Load:
        url, asked = self.database_url, (turn.writers, turn.seconds, dict(self.settings))
        match turn.method:
            case "POST":
                return self.process.submit(register, url, *asked).result()
            case "PUT":
                return self.process.submit(set_prices, url, self.ids, *asked).result()
