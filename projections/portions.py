"""The log cut by streams: portions that are folded whole, each by itself and side by side."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from events.database import Connection, statement
from events.recorded import Recorded
from events.walk import walk_streams

STREAMS = 500
"""At most so many in a portion."""

_FIND_LAST = statement(__package__, "sql/find_last_of_portion.sql")


@dataclass(frozen=True, slots=True)
class Portion:
    """Streams with ids after `after` up to `last`, and their events up to the position `upto`."""

    catalog: str
    after: UUID
    last: UUID
    upto: int

    def pages(self, connection: Connection) -> AsyncIterator[list[Recorded]]:
        """Their events by stream and version, in a transaction that is open already."""
        return walk_streams(connection, self.catalog, self.after, self.last, self.upto)


class Portions:
    """Those of all catalogs, up to a position in each, handed out one after the other."""

    def __init__(self, upto: Mapping[str, int]) -> None:
        self._upto = list(upto.items())
        self._after = UUID(int=0)
        self._turn = asyncio.Lock()

    async def following(self, connection: Connection) -> Portion | None:
        async with self._turn:
            while self._upto:
                catalog, upto = self._upto[0]
                last = await connection.fetchval(_FIND_LAST, catalog, self._after, STREAMS)
                if last is not None:
                    portion = Portion(catalog, self._after, last, upto)
                    self._after = last
                    return portion
                self._upto.pop(0)
                self._after = UUID(int=0)
            return None
