"""What is told of events from anywhere in a log: each with what it changed of its product."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver, statement
from events.recorded import Fact, Recorded
from events.selection import read_spans
from queries.audit.folded import Folded, FoldedProducts
from queries.audit.items import LoggedItem, circumstances

FOLDED_AT_ONCE = 200
"""Events; then others have their turn, after some milliseconds."""
READ_AT_ONCE = 500
READ_AT_FIRST = 100
"""Events of which nobody knows how large they are."""
READ_BYTES = 1_000_000
"""Of the events that are read at once, where they are as large as those before them."""

_FIND_DISCARDED = statement(__package__, "sql/find_discarded.sql")


class _Telling:
    def __init__(self, events: Sequence[Recorded], products: dict[UUID, Folded]) -> None:
        self.told: dict[int, LoggedItem] = {}
        self._wanted = {event.position: event for event in events}
        self._products = products
        self._taken = 0

    async def take(self, facts: Sequence[Fact]) -> None:
        """In the order of the versions of each product, none left out."""
        for fact in facts:
            if fact.position not in self.told:
                self._take(fact)
                self._taken += 1
                if self._taken % FOLDED_AT_ONCE == 0:
                    await asyncio.sleep(0)

    def _take(self, fact: Fact) -> None:
        product = self._products[fact.stream_id]
        event = self._wanted.get(fact.position)
        if event is None:
            product.fold(fact)
            return
        self.told[event.position] = LoggedItem(
            **circumstances(event),
            changes=product.changed_by(event),
            changes_unknown=product.unknown,
            discarded=event.position in product.discarded,
            sku=product.sku,
        )


async def tell(
    engine: AsyncEngine, catalog: str, events: Sequence[Recorded], remembered: FoldedProducts
) -> list[LoggedItem]:
    """`events` in the order of their positions. Raises `DatabaseUnavailable`.

    What happened to their products before is read as far as it is not `remembered`.
    """
    discarded = await _find_discarded(engine, catalog, {event.stream_id for event in events})
    versions: defaultdict[UUID, list[int]] = defaultdict(list)
    for event in events:
        versions[event.stream_id].append(event.version)
    products = {
        product: remembered.upto(catalog, product, of_it[0] - 1, discarded[product])
        for product, of_it in versions.items()
    }
    telling = _Telling(events, products)
    lacking = {product: _lacking(of_it) for product, of_it in versions.items()}
    at_once = READ_AT_FIRST
    while facts := await _read_before(engine, catalog, products, lacking, at_once):
        await telling.take(facts)
        at_once = _fitting(facts)
    await telling.take(events)
    for product, folded in products.items():
        remembered.keep(catalog, product, folded)
    return [telling.told[event.position] for event in events]


def _lacking(versions: Sequence[int]) -> int:
    """The last version that has to be read beside these."""
    first, last = versions[0], versions[-1]
    return first - 1 if last - first + 1 == len(versions) else last - 1


async def _read_before(
    engine: AsyncEngine,
    catalog: str,
    products: dict[UUID, Folded],
    upto: dict[UUID, int],
    limit: int,
) -> list[Fact]:
    spans = {
        product: (folded.version, upto[product])
        for product, folded in products.items()
        if folded.version < upto[product]
    }
    if not spans:
        return []
    async with driver(engine) as connection:
        return await read_spans(connection, catalog, spans, limit)


def _fitting(facts: Sequence[Fact]) -> int:
    """How many of that size are read at once."""
    weight = sum(len(fact.data) for fact in facts)
    return max(1, min(READ_AT_ONCE, READ_BYTES * len(facts) // weight))


async def _find_discarded(
    engine: AsyncEngine, catalog: str, products: set[UUID]
) -> defaultdict[UUID, frozenset[int]]:
    """The positions of events that an operator discarded."""
    found: defaultdict[UUID, frozenset[int]] = defaultdict(frozenset)
    async with driver(engine) as connection:
        for product, position in await connection.fetch(_FIND_DISCARDED, catalog, products):
            found[product] |= {position}
    return found
