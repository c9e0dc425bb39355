"""A product version by version, and what is new in each."""

from collections.abc import AsyncGenerator, Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from cli.replays.part import Part
from events.database import driver
from projections.document import ProductDocument
from queries.audit.changes import changes, fields
from queries.audit.stand import find_stand
from queries.audit.way import Way, read_way


@dataclass(frozen=True, slots=True)
class State:
    occurred_at: datetime
    document: ProductDocument
    """Until the next one: that changes it."""
    changed: Collection[str]
    """Its fields, one of a map or of the prices as `attributes.color`."""


async def states(engine: AsyncEngine, part: Part, product: UUID) -> AsyncGenerator[State]:
    """The oldest first. Raises `Undecodable` at an event that can't be read, and `LogDamaged`."""
    async with driver(engine) as connection:
        stand = await find_stand(connection, part.catalog, product)
        way = Way(stand.discarded)
        async for facts in read_way(connection, part.catalog, product, stand.version):
            for fact in facts:
                if part.ends_before(fact):
                    return
                before = fields(way.document)
                way.take(fact)
                if way.document and part.takes(fact) and part.wanted.takes(fact):
                    changed = [each.field for each in changes(before, fields(way.document))]
                    yield State(fact.occurred_at, way.document, changed)
