"""A product as it was at a version or at a moment, folded from its log when somebody asks."""

from collections.abc import Collection
from copy import copy
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from events.append import Claim
from events.database import Connection, driver
from events.errors import Undecodable
from events.log import find_claims, read_facts
from events.recorded import Fact
from projections.document import ProductDocument, apply
from queries.answer import Answer
from queries.audit.stand import Place, Stand, find_stand, find_version


class State(NamedTuple):
    """What a product was at a version; no document while nothing registered it."""

    version: int
    occurred_at: datetime | None
    """When it came to be of that version, in business time."""
    document: ProductDocument | None


NOTHING_YET = State(0, None, None)


async def product_at(
    engine: AsyncEngine, catalog: str, key: UUID | Claim, place: Place
) -> Answer[ProductDocument | None]:
    """By its id or by what it alone claims; None for a product that was not there.

    Raises `UnknownVersion`, and `Undecodable` where an event up to there can't be read.
    """
    async with driver(engine) as connection:
        product = key if isinstance(key, UUID) else await _holder(connection, catalog, key)
        stand = await find_stand(connection, catalog, product)
        if product is None or not stand.version:
            return Answer(None, stand.head)
        version = await find_version(connection, catalog, product, stand, place)
        states = await read_states(connection, catalog, product, stand, {version})
    return Answer(states[version].document, stand.head)


async def _holder(connection: Connection, catalog: str, claim: Claim) -> UUID | None:
    claimed = await find_claims(connection, catalog, claim.kind, [claim.value])
    return claimed.get(claim.value)


async def read_states(
    connection: Connection, catalog: str, product: UUID, stand: Stand, versions: Collection[int]
) -> dict[int, State]:
    """By version, in one fold. Raises `Undecodable`."""
    states = {NOTHING_YET.version: NOTHING_YET}
    document: ProductDocument | None = None
    async for facts in read_facts(connection, catalog, product, max(versions)):
        for fact in facts:
            document = after(document, fact, stand.discarded)
            if fact.version in versions:
                states[fact.version] = State(fact.version, fact.occurred_at, copy(document))
    return states


def after(
    document: ProductDocument | None, fact: Fact, discarded: Collection[int]
) -> ProductDocument | None:
    """The document, which may be the one that was given, changed.

    What is discarded counts as a version all the same. Raises `Undecodable` for whatever the
    event's handler stumbles over.
    """
    try:
        if fact.position not in discarded:
            return apply(document, fact)
    except (MemoryError, Undecodable):
        raise
    except Exception as error:
        raise fact.undecodable(str(error)) from error
    if document is not None:
        document.version = fact.version
    return document
