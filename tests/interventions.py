"""Interventions that somebody asked for, and what came of them."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver
from projections.interventions import Action, Intervention, read_all, request
from tests.conversation import Answer, Caller
from tests.eventually import eventually


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


async def followed(caller: Caller, accepted: Answer) -> dict[str, Any]:
    """What the API tells of it once a worker has carried it out."""
    address = accepted.gives(202).headers["Location"]

    async def carried_out() -> bool:
        return (await caller.gets(address)).gives(200).body["finished_at"] is not None

    await eventually(carried_out)
    told: dict[str, Any] = (await caller.gets(address)).body
    return told
