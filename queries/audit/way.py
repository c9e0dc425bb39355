"""A product's way through the events of its log, from the first on, none left out."""

from collections.abc import AsyncIterator, Collection
from copy import copy
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from events.database import Connection
from events.errors import Undecodable
from events.log import read_facts
from events.recorded import Fact
from projections.document import ProductDocument, apply
from queries.errors import LogDamaged

EARLIEST = datetime.min.replace(tzinfo=UTC)


class State(NamedTuple):
    """What a product was at a version; no document while nothing registered it."""

    version: int
    occurred_at: datetime | None
    """When it came to be of that version, in business time."""
    document: ProductDocument | None


NOTHING_YET = State(0, None, None)


class Way:
    """How far a product has come; its document is the same one at each step, changed."""

    __slots__ = ("_discarded", "document", "occurred_at", "version")

    def __init__(self, discarded: Collection[int]) -> None:
        self._discarded = discarded
        self.version = 0
        self.occurred_at = EARLIEST
        self.document: ProductDocument | None = None

    @property
    def state(self) -> State:
        """One that stays as it is."""
        return State(self.version, self.occurred_at, copy(self.document))

    def take(self, fact: Fact) -> None:
        """The next event. What is discarded counts as a version all the same.

        Where a damaged log turns time back it stands still, and an event of an impossible time
        belongs to the one before. Raises as `applied` does.
        """
        self.version = fact.version
        if fact.dated:
            self.occurred_at = max(self.occurred_at, fact.occurred_at)
        if fact.position not in self._discarded:
            self.document = applied(self.document, fact)
        elif self.document is not None:
            self.document.version = fact.version


def applied(document: ProductDocument | None, fact: Fact) -> ProductDocument:
    """As `apply`. Raises `Undecodable` for whatever the event's handler stumbles over."""
    try:
        return apply(document, fact)
    except (MemoryError, Undecodable):
        raise
    except Exception as error:
        raise fact.undecodable(str(error)) from error


async def read_way(
    connection: Connection, catalog: str, product: UUID, upto: int
) -> AsyncIterator[list[Fact]]:
    """All events up to that version, in portions. Raises `LogDamaged` where one is missing."""
    version = 0
    async for facts in read_facts(connection, catalog, product, upto):
        for fact in facts:
            version += 1
            if fact.version != version:
                raise _lacking(product, version)
        yield facts
    if version != upto:
        raise _lacking(product, version + 1)


def _lacking(product: UUID, version: int) -> LogDamaged:
    return LogDamaged(missing=f"version {version} of product {product}")
