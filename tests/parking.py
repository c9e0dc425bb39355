"""Streams that stand still, what is read of them, and what makes them go on."""

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events.codec import Encoded
from events.database import driver
from events.upcasts import UPCASTS, Shape, Upcast
from projections.document import ProductDocument
from projections.generations import FIRST
from projections.parking import Parked, read_parked
from projections.projector import Batch, refold
from tests.given import LAMP, held

TOO_MUCH = Encoded("PriceSet", 1, f'{{"currency":"EUR","amount":{2**70}}}')
"""Of the right shape, and more than a column takes."""


async def parked(
    engine: AsyncEngine, catalog: str = "main", generation: int = FIRST
) -> list[Parked]:
    async with driver(engine) as connection:
        return await read_parked(connection, catalog, generation)


async def places(
    engine: AsyncEngine, catalog: str = "main", generation: int = FIRST
) -> list[tuple[UUID, int]]:
    found = await parked(engine, catalog, generation)
    return [(each.product_id, each.position) for each in found]


def shown(batch: Batch) -> dict[UUID, ProductDocument]:
    """What is read of each product that a batch changed."""
    return {each.stream_id: each.after.document for each in batch.changes if each.after}


async def names(engine: AsyncEngine, catalog: str = "main") -> Mapping[UUID, tuple[str, int]]:
    """The name and the version that are read of each product."""
    async with driver(engine) as connection:
        found = await connection.fetch(
            "select product_id, document::jsonb ->> 'name' as name, version"
            " from read.product_details where catalog_id = $1",
            catalog,
        )
    return {row["product_id"]: (row["name"], row["version"]) for row in found}


async def discarded(engine: AsyncEngine, product: UUID, position: int) -> None:
    """As if an operator had said so before anything of it was applied."""
    async with driver(engine) as connection:
        await connection.execute(
            "insert into projections.discarded values ('main', $1, $2, 'tests')", product, position
        )


def newer_release(monkeypatch: pytest.MonkeyPatch, data: Mapping[str, Any]) -> None:
    """Code that takes the unknown event for a new name."""
    upcast: Upcast = (("ProductRenamed", 1), lambda _: dict(data))
    upcasts = cast("dict[Shape, Upcast]", UPCASTS)
    monkeypatch.setitem(upcasts, ("ProductTeleported", 1), upcast)


async def retried(engine: AsyncEngine, product: UUID = LAMP) -> Batch:
    async with driver(engine) as connection:
        lease = await held(connection)
        return await refold(connection, lease, lease.checkpoint, product)
