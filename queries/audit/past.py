"""A product as it was at a version or at a moment, folded from its log when somebody asks."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from events.append import Claim
from events.database import Connection, driver
from events.log import find_claims
from projections.document import ProductDocument
from queries.answer import Answer
from queries.audit.stand import Place, Stand, find_stand, find_version
from queries.audit.way import NOTHING_YET, State, Way, read_way


async def product_at(
    engine: AsyncEngine, catalog: str, key: UUID | Claim, place: Place
) -> Answer[ProductDocument | None]:
    """By its id or by what it alone claims; None for a product that was not there.

    Raises `UnknownVersion`, and where an event up to there can't be read or is missing
    `Undecodable` or `LogDamaged`.
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
    """By version, in one fold. Raises `Undecodable` and `LogDamaged`."""
    states = {NOTHING_YET.version: NOTHING_YET}
    way = Way(stand.discarded)
    async for facts in read_way(connection, catalog, product, max(versions)):
        for fact in facts:
            way.take(fact)
            if fact.version in versions:
                states[fact.version] = way.state
    return states
