"""A process that connects as one of the group roles."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import create_engine


@asynccontextmanager
async def acting_as(role: str, database_url: str) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(database_url, pool_size=2, application="catalog-tests")

    @event.listens_for(engine.sync_engine, "connect")
    def become(connection, _) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        connection.run_async(lambda driver: driver.execute(f"set role {role}"))

    yield engine
    await engine.dispose()
