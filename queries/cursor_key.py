"""The key that cursors are sealed with: made when the database is, the same for all processes."""

from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver, statement
from queries.cursor import Cursors
from queries.single_flight import SingleFlight

_READ_KEY = statement(__package__, "sql/read_cursor_key.sql")


class KeptCursors:
    """Cursors under the database's key, which is read once: when somebody first needs it."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._kept: Cursors | None = None
        self._reading = SingleFlight[None, Cursors]()

    async def __call__(self) -> Cursors:
        """Raises `DatabaseUnavailable`."""
        if self._kept is None:
            self._kept = await self._reading(None, self._read)
        return self._kept

    async def _read(self) -> Cursors:
        async with driver(self._engine) as connection:
            return Cursors(await connection.fetchval(_READ_KEY))
