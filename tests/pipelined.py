"""A log applied as workers do it: each batch is prepared before the one ahead is committed."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver
from projections.generations import FIRST
from projections.projector import commit, prepare
from tests.given import held


async def pipelined(
    engine: AsyncEngine, catalog: str = "main", *, limits: Sequence[int], generation: int = FIRST
) -> None:
    """In batches of these sizes, which must do for the whole log."""
    remaining = iter(limits)
    async with driver(engine) as reader, driver(engine) as writer:
        lease = await held(writer, catalog, generation)
        batch = await prepare(reader, lease, lease.checkpoint, next(remaining))
        while batch.events:
            following = await prepare(reader, lease, batch.after, next(remaining), ahead=batch)
            assert await commit(writer, lease, batch) is batch
            batch = following
