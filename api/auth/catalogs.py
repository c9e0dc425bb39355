"""The catalogs that exist. None is ever removed or renamed: one that was seen is known for good."""

from sqlalchemy.ext.asyncio import AsyncEngine

from events.catalogs import CatalogDescription, read_catalogs
from events.database import driver


class KnownCatalogs:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._seen: dict[str, CatalogDescription] = {}

    async def find(self, key: str) -> CatalogDescription | None:
        if key not in self._seen:
            async with driver(self._engine) as connection:
                found = await read_catalogs(connection, [key])
            self._seen |= {catalog.key: catalog for catalog in found}
        return self._seen.get(key)
