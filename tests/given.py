"""A given log, and the read tables that follow from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from commands.appending import KIND
from events.append import Append, Appended, append
from events.catalogs import open_catalog
from events.codec import Encoded, encode
from events.database import Connection, driver
from events.product import ProductEvent, ProductRegistered
from projections.generations import FIRST, build, index, schema_of
from projections.leases import Lease, acquire, release
from projections.projection import Catalog
from projections.projector import Batch, project
from projections.read_models import READ_TABLES

LEASE = timedelta(seconds=30)
SWITCHED = 1
"""Which switch of generations made the first one live."""
MAIN = Catalog("main", "simple")
LAMP = UUID(int=1)
DESK = UUID(int=2)
TELEPORTED = Encoded("ProductTeleported", 1, "{}")
"""An event that only a later release of this service could have written."""
registered = ProductRegistered(sku="LAMP-1", name="Lamp", attributes={})

_HOLD = """
insert into projections.checkpoints as k (catalog_id, generation) values ($1, $2)
on conflict (catalog_id, generation) do update set epoch = k.epoch + 1
returning epoch, position
"""

type Rows = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Log:
    """Events as if they had been decided."""

    engine: AsyncEngine
    catalog: str = "main"

    async def given(
        self, product: UUID, *events: ProductEvent, occurred_at: datetime | None = None
    ) -> int:
        """The position of the last event."""
        return await self.given_all([(product, events)], occurred_at=occurred_at)

    async def given_all(
        self,
        streams: Sequence[tuple[UUID, Sequence[ProductEvent]]],
        *,
        occurred_at: datetime | None = None,
    ) -> int:
        """In one call: each product at most once."""
        encoded = [(product, [encode(event) for event in events]) for product, events in streams]
        return await self._append(encoded, occurred_at=occurred_at)

    async def given_stored(
        self, product: UUID, *stored: Encoded, occurred_at: datetime | None = None
    ) -> int:
        """Events as another release of this service may have written them."""
        return await self._append([(product, stored)], occurred_at=occurred_at)

    async def _append(
        self, streams: Sequence[tuple[UUID, Sequence[Encoded]]], *, occurred_at: datetime | None
    ) -> int:
        appends = [
            Append(
                stream_id=product,
                events=events,
                actor="tests",
                correlation_id="given",
                occurred_at=occurred_at,
            )
            for product, events in streams
        ]
        async with driver(self.engine) as connection:
            outcomes = await append(connection, self.catalog, KIND, appends)
        appended = [outcome for outcome in outcomes if isinstance(outcome, Appended)]
        assert len(appended) == len(streams)
        return max(outcome.position for outcome in appended)


async def opened(engine: AsyncEngine, catalog: str) -> Log:
    async with driver(engine) as connection:
        await open_catalog(connection, catalog, catalog.title(), "EUR")
    return Log(engine, catalog)


async def another_generation(engine: AsyncEngine, generation: int = FIRST + 1) -> int:
    """Read tables beside those that are read, empty and ready to be filled."""
    async with driver(engine) as connection:
        await build(connection, generation)
        await index(connection, generation)
    return generation


async def projected(
    engine: AsyncEngine,
    catalog: str = "main",
    *,
    limits: Sequence[int] = (),
    generation: int = FIRST,
) -> list[Batch]:
    """Apply all of a catalog's log; the first batches take at most `limits` events."""
    remaining = iter(limits)
    batches: list[Batch] = []
    async with driver(engine) as connection:
        lease = await held(connection, catalog, generation)
        after = lease.checkpoint
        while batch := await project(connection, lease, after, next(remaining, 10_000)):
            if not batch.events:
                break
            batches.append(batch)
            after = batch.after
        await release(connection, lease)
    return batches


async def held(connection: Connection, catalog: str = "main", generation: int = FIRST) -> Lease:
    """Of the live generation as a worker takes it; others are nobody else's."""
    if generation == FIRST:
        lease = await acquire(connection, catalog, generation, "tests", LEASE)
        assert lease
        return lease
    row = await connection.fetchrow(_HOLD, catalog, generation)
    assert row
    return Lease(catalog, generation, row["epoch"], row["position"], LEASE)


async def checkpoint(engine: AsyncEngine, catalog: str = "main", generation: int = FIRST) -> int:
    async with driver(engine) as connection:
        found = await connection.fetchval(
            "select position from projections.checkpoints"
            " where catalog_id = $1 and generation = $2",
            catalog,
            generation,
        )
    return found or 0


async def rows(engine: AsyncEngine, catalog: str = "main", generation: int = FIRST) -> Rows:
    """Every row of every read table, as text."""
    names = [table.name for table in READ_TABLES]
    async with driver(engine) as connection:
        return {
            name: [
                row[0]
                for row in await connection.fetch(
                    f"select t::text from only {schema_of(generation)}.{name} t"
                    " where catalog_id = $1 order by 1",
                    catalog,
                )
            ]
            for name in names
        }
