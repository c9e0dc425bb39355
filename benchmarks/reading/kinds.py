"""What is asked of whom, in the order in which they take turns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from benchmarks.asking import questions
from benchmarks.asking.asking import Target
from benchmarks.asking.questions import FEW, LIST, SEARCH
from benchmarks.asking.shoppers import Product
from benchmarks.asking.sources import Source
from benchmarks.material.feeds import Row
from benchmarks.material.story import CATALOG
from benchmarks.reading.contestants import constant_route, orm_route
from benchmarks.reading.lineup import Contestant

CONSTANT, VERIFIED, ORM = "constant", "constant, token verified", "ORM"
HOT, REDIS, COLD = "ours, from memory", "ours, from Redis", "ours, from PostgreSQL"
BY_SKU, UNCHANGED = "ours by SKU, from memory", "ours, not modified"
ALONE = (HOT, LIST, SEARCH)
"""What is asked by one connection, too."""
SOME, MANY = 2_000, 20_000
"""Products that are asked for over and over, from Redis and from PostgreSQL."""

type Questions = Callable[[Sequence[Product], Sequence[Row]], Sequence[Target]]
"""About these products, or with the words of these rows."""


@dataclass(frozen=True, slots=True)
class Kind:
    contestant: Contestant
    questions: Questions
    source: Source | None = None
    """Where its products have to be found."""


def _constant(_: Sequence[Product], __: Sequence[Row]) -> list[Target]:
    return [Target(constant_route.PATH)]


def _of_the_orm(products: Sequence[Product], _: Sequence[Row]) -> list[Target]:
    path = orm_route.PATH
    return [Target(path.format(catalog=CATALOG, product_id=each.id)) for each in products[:FEW]]


def _by_id(count: int) -> Questions:
    return lambda products, _: questions.by_id(products[:count])


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        VERIFIED: Kind("verified", _constant),
        REDIS: Kind("forgetful", _by_id(SOME), "redis"),
        CONSTANT: Kind("constant", _constant),
        HOT: Kind("ours", _by_id(FEW), "process"),
        ORM: Kind("orm", _of_the_orm),
        BY_SKU: Kind("ours", lambda products, _: questions.by_sku(products[:FEW]), "process"),
        COLD: Kind("forgetful", _by_id(MANY), "database"),
        LIST: Kind("ours", lambda _, rows: questions.filtered(rows)),
        SEARCH: Kind("ours", lambda _, rows: questions.searches(rows)),
    }
)
"""Whoever is compared with whom answers right after him."""
