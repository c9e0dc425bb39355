"""Interventions that somebody asked for, and what came of them."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver
from projections.interventions import Action, Intervention, read_all, request


async def requested(
    engine: AsyncEngine,
    product: UUID,
    action: Action,
    *,
    catalog: str = "main",
    actor: str = "ann",
    position: int | None = None,
) -> Intervention:
    async with driver(engine) as connection:
        return await request(
            connection,
            catalog,
            product,
            action,
            actor=actor,
            correlation_id="r-1",
            position=position,
        )


async def kept(engine: AsyncEngine, catalog: str = "main") -> list[Intervention]:
    """The newest first."""
    async with driver(engine) as connection:
        return await read_all(connection, catalog, 100)
