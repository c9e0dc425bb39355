"""The catalogs that exist. None is ever removed, so one that was seen is known for good."""

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import session
from events.tables import Catalog


class KnownCatalogs:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._seen: set[str] = set()

    async def has(self, catalog_id: str) -> bool:
        if catalog_id not in self._seen and await self._exists(catalog_id):
            self._seen.add(catalog_id)
        return catalog_id in self._seen

    async def _exists(self, catalog_id: str) -> bool:
        query = select(exists().where(Catalog.catalog_id == catalog_id))
        async with session(self._engine) as database:
            return bool(await database.scalar(query))
