"""A supplier's snapshots one after the other: COPY of the rows, an import, the import again."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic

from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.harness.installation import Installation
from benchmarks.importing.cells import Cell, Imported, Month
from benchmarks.importing.copying import copied_as_json
from benchmarks.importing.runs import last_run
from benchmarks.importing.ways import Import, Way
from benchmarks.material.announcements import Announcements, announced
from cli.processes import Child
from events.database import driver, pool, statement
from events.nudge import connect

_DIGEST = statement(__package__, "sql/documents_digest.sql")


@dataclass(frozen=True, slots=True)
class Turn:
    engine: AsyncEngine
    announcements: Announcements
    imported: Import

    @classmethod
    @asynccontextmanager
    async def opened(cls, installation: Installation, way: Way) -> AsyncIterator["Turn"]:
        async with (
            pool(installation.database_url, application="catalog-bench", pool_size=2) as engine,
            connect(installation.redis_url) as redis,
            announced(redis) as announcements,
            way(installation) as imported,
        ):
            yield cls(engine, announcements, imported)

    async def take(self, months: Sequence[Month], name: str, number: int) -> list[Cell]:
        return [await self._cell(month, name, number) for month in months]

    async def kill_half_way(self, worker: Child, months: Sequence[Month]) -> None:
        """When half of the first feed can be read; another one goes on."""
        await self.announcements.reach(len(months[0].snapshot.rows) // 2)
        worker.process.kill()
        await asyncio.to_thread(worker.process.wait)
        worker.process = worker.start()

    async def digest(self) -> str:
        """Of all read documents but their ids."""
        async with driver(self.engine) as connection:
            return str(await connection.fetchval(_DIGEST))

    async def _cell(self, month: Month, name: str, number: int) -> Cell:
        async with driver(self.engine) as connection:
            copy_seconds = await copied_as_json(connection, month.snapshot.lines(range(1)))
        return Cell(
            way=name,
            round=number,
            month=month,
            first=await self._import(month),
            again=await self._import(month),
            copy_seconds=copy_seconds,
        )

    async def _import(self, month: Month) -> Imported:
        began = monotonic()
        await self.imported(month.feed, month.snapshot.known_since)
        whole = monotonic() - began
        async with driver(self.engine) as connection:
            ended = await last_run(connection)
        await self.announcements.reach(ended.position)
        return Imported(
            did=ended.counts,
            seconds=ended.seconds,
            readable_seconds=max(0.0, self.announcements.moment(ended.position) - ended.at),
            whole_seconds=whole,
        )
