"""How far the log of one product has come, and which of its versions a moment means."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from events.database import Connection, statement
from events.errors import UnknownVersion

type Place = int | datetime | None
"""A version, 0 being before the first; the last that had occurred at a moment; or the newest."""

_FIND = statement(__package__, "sql/find_stand.sql")
_FIND_VERSION_AT = statement(__package__, "sql/find_version_at.sql")


@dataclass(frozen=True, slots=True)
class Stand:
    head: int
    """The last position of the catalog's log."""
    version: int
    """The product's newest; 0 for one that nobody knows."""
    discarded: frozenset[int]
    """The positions of its events that an operator had left out of what is read."""


async def find_stand(connection: Connection, catalog: str, product: UUID | None) -> Stand:
    row = await connection.fetchrow(_FIND, catalog, product)
    if row is None:
        return Stand(0, 0, frozenset())
    return Stand(row["head"], row["version"], frozenset(row["discarded"]))


async def find_version(
    connection: Connection, catalog: str, product: UUID, stand: Stand, place: Place
) -> int:
    """Raises `UnknownVersion`."""
    match place:
        case None:
            return stand.version
        case int():
            if place > stand.version:
                raise UnknownVersion(current_version=stand.version)
            return place
        case datetime():
            found = await connection.fetchval(_FIND_VERSION_AT, catalog, product, place)
            return stand.version if found is None else min(found, stand.version)
