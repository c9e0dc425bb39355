"""An import in a worker waits for readers, who are others' readers too, and not for ever."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.settings import Settings
from commands.jobs import Job
from events.database import driver
from tests import given
from tests.asked_jobs import comes_to
from tests.eventually import eventually
from tests.importing import importer, lamp_lines, registered, uploaded
from workers import considerate


async def resting(engine: AsyncEngine) -> None:
    """Until the import has looked how far readers are."""

    async def has_looked() -> bool:
        async with driver(engine) as connection:
            return bool(
                await connection.fetchval(
                    "select exists (select from pg_stat_activity where application_name = $1"
                    " and datname = current_database() and query like '%lag_seconds%')",
                    "catalog-import",
                )
            )

    await eventually(has_looked)


async def behind(settings: Settings, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> Job:
    """The job of a feed that comes while readers lack an event already."""
    monkeypatch.setattr(considerate, "MOST_LAG_SECONDS", 0.0)
    await given.Log(engine).given(given.DESK, given.registered)
    return await uploaded(settings, engine, *[*lamp_lines(3)][1:])


async def test_it_appends_when_readers_have_come_close(
    settings: Settings, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(considerate, "PATIENCE_SECONDS", 3600.0)
    job = await behind(settings, engine, monkeypatch)
    async with importer(settings, engine):
        await comes_to(engine, job, "running")
        await resting(engine)
        assert len(await registered(engine)) == 1
        await given.projected(engine)
        await comes_to(engine, job, "succeeded")
    assert len(await registered(engine)) == 3


async def test_where_nobody_projects_it_goes_on(
    settings: Settings, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(considerate, "PATIENCE_SECONDS", 0.2)
    job = await behind(settings, engine, monkeypatch)
    async with importer(settings, engine):
        await comes_to(engine, job, "succeeded")
