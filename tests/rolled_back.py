"""A batch whose transaction does not come to its end."""

from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver
from projections.projector import Batch, project
from tests.given import held


async def rolled_back(engine: AsyncEngine) -> Batch:
    """What the first batch of the log would have applied."""
    async with driver(engine) as connection:
        lease = await held(connection)
        transaction = connection.transaction()
        await transaction.start()
        batch = await project(connection, lease, 0, 10)
        await transaction.rollback()
    return batch
