"""The turns of all contestants, in the same minutes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, product
from typing import Protocol

from benchmarks.asking.asking import Asked
from benchmarks.harness.order import there_and_back
from benchmarks.writing.plan import METHODS, Method, Plan, Turn


@dataclass(frozen=True, slots=True)
class Written:
    asked: Asked
    found: int | None = None
    """Writes of the turn that the database has then; None where nobody looked."""


class Contestant(Protocol):
    @property
    def name(self) -> str: ...

    def write(self, turn: Turn) -> Written: ...


@dataclass(frozen=True, slots=True)
class Cell:
    contestant: str
    method: Method
    writers: int
    round: int
    written: Written

    @property
    def is_honest(self) -> bool:
        """All that was acknowledged is there, and beside it what was under way at most."""
        found, acknowledged = self.written.found, self.written.asked.requests
        return found is None or acknowledged <= found <= acknowledged + self.writers


def measure(contestants: Sequence[Contestant], plan: Plan) -> Iterator[Cell]:
    """The cells one after the other. Whoever is compared with whom writes right after him."""
    numbers, forward = count(1), _in_order(contestants, plan)
    for n in range(plan.rounds):
        for method, writers, contestant in there_and_back(forward, n):
            turn = Turn(method, writers, plan.seconds, next(numbers))
            yield Cell(contestant.name, method, writers, n, contestant.write(turn))


def _in_order(
    contestants: Sequence[Contestant], plan: Plan
) -> Sequence[tuple[Method, int, Contestant]]:
    numbers = sorted({*plan.connections, *plan.threads})
    return [
        (method, writers, each)
        for method, writers, each in product(METHODS, numbers, contestants)
        if writers in plan.loads(each.name)
    ]
