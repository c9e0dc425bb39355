"""The log cut by streams: portions that are folded whole, each by itself and side by side."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from events.database import Connection, statement
from events.recorded import Recorded
from events.walk import walk_streams

STREAMS = 1_000
"""At most so many in a portion."""
FIRST, LAST = UUID(int=0), UUID(int=2**128 - 1)

_FIND_LAST = statement(__package__, "sql/find_last_of_portion.sql")


@dataclass(frozen=True, slots=True)
class Portion:
    """Streams with ids from `first` to `last`, and their events up to the position `upto`."""

    catalog: str
    first: UUID
    last: UUID
    upto: int

    def pages(self, connection: Connection) -> AsyncIterator[list[Recorded]]:
        """Their events by stream and version, in a transaction that is open already."""
        return walk_streams(connection, self.catalog, self.first, self.last, self.upto)


class Portions:
    """Those of all catalogs, up to a position in each, handed out one after the other."""

    def __init__(self, upto: Mapping[str, int]) -> None:
        self._upto = list(upto.items())
        self._first = FIRST
        self._turn = asyncio.Lock()

    async def following(self, connection: Connection) -> Portion | None:
        async with self._turn:
            while self._upto:
                (catalog, upto), first = self._upto[0], self._first
                last = await connection.fetchval(_FIND_LAST, catalog, first, STREAMS)
                if last is None or last == LAST:
                    self._upto.pop(0)
                    self._first = FIRST
                else:
                    self._first = UUID(int=last.int + 1)
                if last is not None:
                    return Portion(catalog, first, last, upto)
            return None
