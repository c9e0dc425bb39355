"""The currency that a catalog's lists filter and sort in when they are not told another."""

from sqlalchemy.ext.asyncio import AsyncEngine

from events.catalogs import read_catalogs
from events.database import driver


class DefaultCurrencies:
    """Read once: a catalog keeps the currency that it was opened with."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._known: dict[str, str] = {}

    async def of(self, catalog: str) -> str:
        if catalog not in self._known:
            async with driver(self._engine) as connection:
                (found,) = await read_catalogs(connection, [catalog])
            self._known[catalog] = found.default_currency
        return self._known[catalog]
