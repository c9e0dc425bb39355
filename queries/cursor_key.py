"""The key that cursors are sealed with: made when the database is, the same for all processes."""

from events.database import driver, statement
from queries.cursor import Cursors
from queries.database import ReadDatabase
from queries.single_flight import SingleFlight

_READ_KEY = statement(__package__, "sql/read_cursor_key.sql")


class KeptCursors:
    """Cursors under the database's key, which is read once: when somebody first needs it."""

    def __init__(self, database: ReadDatabase) -> None:
        self._database = database
        self._kept: Cursors | None = None
        self._reading = SingleFlight[None, Cursors]()

    async def __call__(self) -> Cursors:
        """Raises `DatabaseUnavailable`."""
        if self._kept is None:
            self._kept = await self._reading(None, self._read)
        return self._kept

    async def _read(self) -> Cursors:
        async with self._database.look_up() as engine, driver(engine) as connection:
            return Cursors(await connection.fetchval(_READ_KEY))
