"""How far a catalog has come, in one statement for all catalogs that somebody asks about."""

from collections.abc import Collection
from typing import Literal

import msgspec

from events.database import Connection, statement

_READ = statement(__package__, "sql/read_positions.sql")

type Source = Literal["appended", "projected", "signed"]
"""What a read is made from: the log, the read tables, the signed checkpoints."""


class Position(msgspec.Struct, frozen=True):
    """What is made from `source` reflects the catalog's log up to `position`."""

    catalog: str
    source: Source
    position: int


async def read_positions(connection: Connection, catalogs: Collection[str]) -> list[Position]:
    return [Position(*row) for row in await connection.fetch(_READ, catalogs)]
