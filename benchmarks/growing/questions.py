"""What is asked of a catalog over HTTP, in the order of turns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from benchmarks.asking import questions
from benchmarks.asking.asking import Target
from benchmarks.asking.payloads import prices
from benchmarks.asking.questions import FEW, LIST, SEARCH
from benchmarks.asking.shoppers import Product
from benchmarks.asking.sources import Source
from benchmarks.growing.served_catalog import Process
from benchmarks.material.feeds import Row

HOT, COLD = "read, from memory", "read, from PostgreSQL"
WRITE = "write, a price"
SEARCHES = 50

type Targets = Callable[[Sequence[Product], Sequence[Row], int], Sequence[Target]]
"""About these products, or with the words of these rows; writes differ from turn to turn."""


@dataclass(frozen=True, slots=True)
class Question:
    process: Process
    targets: Targets
    source: Source | None = None
    """Where its products have to be found."""
    again: bool = True
    """What is asked was asked before: where it may be in a cache, it is."""


def _prices(products: Sequence[Product], _: Sequence[Row], turn: int) -> Sequence[Target]:
    return prices([each.id for each in products], turn)


def _hot(products: Sequence[Product], _: Sequence[Row], __: int) -> Sequence[Target]:
    return questions.by_id(products[:FEW])


def _cold(products: Sequence[Product], _: Sequence[Row], __: int) -> Sequence[Target]:
    return questions.by_id(products)


def _pages(_: Sequence[Product], rows: Sequence[Row], __: int) -> Sequence[Target]:
    return questions.filtered(rows)


def _searches(_: Sequence[Product], rows: Sequence[Row], __: int) -> Sequence[Target]:
    return questions.searches(rows)[:SEARCHES]


QUESTIONS: Mapping[str, Question] = MappingProxyType(
    {
        HOT: Question("queries", _hot, "process"),
        COLD: Question("forgetful", _cold, "database", again=False),
        LIST: Question("queries", _pages),
        SEARCH: Question("queries", _searches),
        WRITE: Question("commands", _prices, again=False),
    }
)
