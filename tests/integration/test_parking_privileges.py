"""Who may park a stream, and who may only see it."""

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver
from tests.acting import acting_as
from tests.given import LAMP, TELEPORTED, Log, projected, registered
from tests.parking import newer_release, parked, places, retried


async def test_the_worker_s_role_may_park_and_unpark(
    engine: AsyncEngine, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Log(engine)
    await log.given(LAMP, registered)
    await log.given_stored(LAMP, TELEPORTED)
    async with acting_as("catalog_projection", database_url) as worker:
        await projected(worker)
        assert await places(worker) == [(LAMP, 2)]
        newer_release(monkeypatch, {"name": "Star"})
        await retried(worker)
        assert await places(worker) == []


@pytest.mark.parametrize("role", ["catalog_command", "catalog_query"])
async def test_the_api_s_roles_only_see_what_is_parked(database_url: str, role: str) -> None:
    async with acting_as(role, database_url) as api:
        assert await parked(api) == []
        for statement in (
            "delete from projections.parked",
            "insert into projections.parked values ('main', 1, gen_random_uuid(), 1, '')",
        ):
            async with driver(api) as connection:
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(statement)
