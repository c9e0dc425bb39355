"""What every writer will try and what will go wrong, from a seed alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Literal

PRODUCTS, CLAIMS, RIVALRIES = 4, 6, 5
NUMBERS = 1_000_000
"""For each writer, so that no two steps have the same number."""

type Deed = Literal["register", "change", "price"]
type Expected = Literal["any", "right", "stale"]
type Repeated = Literal["no", "at once", "afterwards", "as something else"]
type Mishap = Literal[
    "backends terminated", "connections cut", "process killed", "database crashed"
]

DEEDS: dict[Deed, int] = {"register": 1, "change": 4, "price": 3}
EXPECTED: dict[Expected, int] = {"any": 3, "right": 3, "stale": 1}
REPEATED: dict[Repeated, int] = {"no": 12, "at once": 1, "afterwards": 1, "as something else": 1}
MISHAPS: tuple[Mishap, ...] = (
    *("backends terminated",) * 3,
    *("connections cut",) * 3,
    "process killed",
    "database crashed",
)
LEAVING, LONGEST_PATIENCE_SECONDS = 0.1, 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    number: int
    deed: Deed
    events: int
    product: int
    expected: Expected
    rivalry: str
    """Part of a SKU that other writers want as well."""
    claim: int
    taking: bool
    repeated: Repeated
    patience: float | None
    """Seconds after which the caller goes away."""


def steps(seed: int, writer: int) -> Iterator[Step]:
    chance = Random(f"{seed} writer {writer}")
    for number in count(writer * NUMBERS):
        yield Step(
            number=number,
            deed=_chosen(chance, DEEDS),
            events=chance.randint(1, 3),
            product=chance.randrange(PRODUCTS),
            expected=_chosen(chance, EXPECTED),
            rivalry=f"{writer % RIVALRIES}-{number % NUMBERS}",
            claim=chance.randrange(CLAIMS),
            taking=chance.random() < 0.5,
            repeated=_chosen(chance, REPEATED),
            patience=chance.uniform(0, LONGEST_PATIENCE_SECONDS)
            if chance.random() < LEAVING
            else None,
        )


def mishaps(seed: int) -> Iterator[Mishap]:
    """Each of them again and again, every round in another order."""
    chance = Random(f"{seed} mishaps")
    while True:
        yield from chance.sample(MISHAPS, len(MISHAPS))


def _chosen[T](chance: Random, weights: dict[T, int]) -> T:
    return chance.choices(list(weights), list(weights.values()))[0]
