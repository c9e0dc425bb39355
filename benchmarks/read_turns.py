"""Who is asked what, in the order in which they take turns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self

from benchmarks import read_questions as questions
from benchmarks.asking import Asking, Target
from benchmarks.contestants import constant_route, orm_route
from benchmarks.feeds import Row
from benchmarks.python_client import ask_each
from benchmarks.read_lineup import Lineup
from benchmarks.read_sources import Source
from benchmarks.story import CATALOG
from cli.address import Address

CONSTANT, VERIFIED, ORM = "constant", "constant, token verified", "ORM"
HOT, REDIS, COLD = "ours, hot", "ours, from Redis", "ours, from PostgreSQL"
BY_SKU, UNCHANGED = "ours by SKU, hot", "ours, not modified"
PAGE, SEARCH = "first page, one filter", "search, three facets"
ALONE = (HOT, PAGE, SEARCH)
"""What is asked by one connection, too."""
FEW, SOME, MANY = 100, 2_000, 20_000
"""Products that are asked for over and over, from the process, from Redis and from PostgreSQL."""


@dataclass(frozen=True, slots=True)
class Turn:
    name: str
    asking: Asking
    source: Source | None = None
    """Where its products have to be found."""

    def rotated(self, share: float) -> Self:
        """Begun elsewhere in the targets: where one round does not come to an end, all do."""
        targets = self.asking.targets
        first = int(share * len(targets))
        return replace(
            self, asking=replace(self.asking, targets=[*targets[first:], *targets[:first]])
        )


async def turns(lineup: Lineup, asked_for: Sequence[Row], connections: int) -> list[Turn]:
    """Lists and searches have the words of the rows `asked_for`."""
    known = [*_products(lineup, connections), *_lists(lineup, asked_for, connections)]
    hot = next(turn.asking for turn in known if turn.name == HOT)
    tagged = [Target(each.target.path, each.answer.headers["etag"]) for each in await ask_each(hot)]
    together = [*known, Turn(UNCHANGED, replace(hot, targets=tagged), "process")]
    alone = [each for each in together if each.name in ALONE]
    return [
        *together,
        *(replace(each, asking=replace(each.asking, connections=1)) for each in alone),
    ]


def _products(lineup: Lineup, connections: int) -> Iterator[Turn]:
    """Whoever is compared with whom answers right after him."""
    few, some, many = (lineup.products[:count] for count in (FEW, SOME, MANY))
    constant = [Target(constant_route.PATH)]
    by_orm = [Target(orm_route.PATH.format(catalog=CATALOG, product_id=each.id)) for each in few]
    taking: Sequence[tuple[str, Address, Sequence[Target], Source | None]] = (
        (VERIFIED, lineup.verified, constant, None),
        (REDIS, lineup.forgetful, questions.by_id(some), "redis"),
        (CONSTANT, lineup.constant, constant, None),
        (HOT, lineup.ours, questions.by_id(few), "process"),
        (ORM, lineup.orm, by_orm, None),
        (BY_SKU, lineup.ours, questions.by_sku(few), "process"),
        (COLD, lineup.forgetful, questions.by_id(many), "database"),
    )
    for name, address, targets, source in taking:
        yield Turn(name, _asking(lineup, address, targets, connections), source)


def _lists(lineup: Lineup, asked_for: Sequence[Row], connections: int) -> Iterator[Turn]:
    for name, targets in (
        (PAGE, questions.filtered(asked_for)),
        (SEARCH, questions.searches(asked_for)),
    ):
        yield Turn(name, _asking(lineup, lineup.ours, targets, connections))


def _asking(
    lineup: Lineup, address: Address, targets: Sequence[Target], connections: int
) -> Asking:
    headers = {"Authorization": f"Bearer {lineup.token}"}
    return Asking(address=address, targets=targets, headers=headers, connections=connections)
