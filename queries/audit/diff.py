"""What differs between a product at one place of its history and at another."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver
from queries.answer import Answer
from queries.audit.changes import Change, changes, fields
from queries.audit.past import read_states
from queries.audit.stand import Place, find_stand, find_version
from queries.audit.way import State


class End(msgspec.Struct, frozen=True):
    """Version 0 is before the first event, and occurred at no time."""

    version: int
    occurred_at: datetime | None


class Diff(msgspec.Struct, frozen=True, rename={"before": "from", "after": "to"}):
    before: End
    after: End
    changes: list[Change]


async def diff(
    engine: AsyncEngine, catalog: str, product: UUID, before: Place, after: Place
) -> Answer[Diff | None]:
    """None for an unknown product; either end may be the older one.

    Raises `UnknownVersion`, and where an event up to the later one can't be read or is missing
    `Undecodable` or `LogDamaged`.
    """
    async with driver(engine) as connection:
        stand = await find_stand(connection, catalog, product)
        if not stand.version:
            return Answer(None, stand.head)
        one, other = [
            await find_version(connection, catalog, product, stand, place)
            for place in (before, after)
        ]
        states = await read_states(connection, catalog, product, stand, {one, other})
    return Answer(_between(states[one], states[other]), stand.head)


def _between(one: State, other: State) -> Diff:
    return Diff(
        End(one.version, one.occurred_at),
        End(other.version, other.occurred_at),
        changes(fields(one.document), fields(other.document)),
    )
