"""The catalogs that exist. None is ever removed or renamed: one that was seen is known for good."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.databases import Databases
from events.catalogs import CatalogDescription, read_catalogs
from events.database import driver


class KnownCatalogs:
    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self._seen: dict[str, CatalogDescription] = {}

    def seen(self, key: str) -> bool:
        """Whether it is known without asking."""
        return key in self._seen

    async def find(self, key: str) -> CatalogDescription | None:
        if key not in self._seen:
            found = await self._databases.answer(lambda engine: _read(engine, key))
            self._seen |= {catalog.key: catalog for catalog in found}
        return self._seen.get(key)


async def _read(engine: AsyncEngine, key: str) -> Sequence[CatalogDescription]:
    async with driver(engine) as connection:
        return await read_catalogs(connection, [key])
