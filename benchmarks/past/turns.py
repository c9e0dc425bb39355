"""What the past costs beside the present: the same questions of both, in turns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote

from benchmarks.asking import questions
from benchmarks.asking.asking import Asked, Asking, Target
from benchmarks.asking.python_client import ask
from benchmarks.asking.shoppers import PRODUCTS
from benchmarks.material.feeds import Row

FIRST = "first page"
SORTS = ("name", "price", "-price", "updated_at", "-updated_at", "sku")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    rounds: int = 3
    seconds: float = 0.5
    """How long each question is asked, in a round."""
    sample: int = 500
    """Products whose lowest price is asked over HTTP, too, at each moment."""


QUICK = Plan(rounds=1, seconds=0.2, sample=20)


@dataclass(frozen=True, slots=True)
class Turn:
    """A question asked one by one: of the present, and of the past."""

    name: str
    now: Asked
    then: Asked


def kinds(rows: Sequence[Row]) -> Iterator[tuple[str, Sequence[Target]]]:
    """With the words of these rows."""
    yield FIRST, [Target(f"{PRODUCTS}?limit={questions.PAGE}")]
    yield questions.LIST, questions.filtered(rows)
    yield questions.SEARCH, questions.searches(rows)
    for sort in SORTS:
        yield f"sort={sort}", [Target(f"{PRODUCTS}?limit={questions.PAGE}&sort={sort}")]


async def beside_each_other(
    asking: Asking, rows: Sequence[Row], moment: datetime, plan: Plan
) -> list[Turn]:
    """Rounds of them; `asking` says whom, and its targets don't count."""
    turns = []
    for _ in range(plan.rounds):
        for name, targets in kinds(rows):
            now = await ask(replace(asking, targets=targets), plan.seconds)
            then = await ask(replace(asking, targets=_as_of(targets, moment)), plan.seconds)
            turns.append(Turn(name, now, then))
    return turns


async def at_versions(
    asking: Asking, product: str, length: int, plan: Plan
) -> list[tuple[int, Asked]]:
    """The product's first version, one in its middle and its last."""
    targets = {
        version: Target(f"{PRODUCTS}/{product}?version={version}")
        for version in (1, length // 2, length)
    }
    return [
        (version, await ask(replace(asking, targets=[target]), plan.seconds))
        for _ in range(plan.rounds)
        for version, target in targets.items()
    ]


def _as_of(targets: Sequence[Target], moment: datetime) -> list[Target]:
    written = quote(moment.isoformat())
    return [Target(f"{each.path}&as_of={written}") for each in targets]
