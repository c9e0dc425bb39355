"""Rebuilds within a test, and the generations that they leave."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import pytest
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver
from events.log import read_heads
from events.nudge import connect
from projections import building
from projections import rebuild as rebuilding
from projections.generations import schema_of
from projections.rebuild import Rebuilding, Rebuilt, rebuild, rebuild_pool
from projections.rebuild_progress import Report
from projections.rollback import roll_back
from tests.given import Rows, rows

NO_REDIS = "redis://127.0.0.1:1"
STEPS = ("fill", "index_all", "follow", "compare_all", "go_live")
"""What `rebuild` calls, one after the other."""


@asynccontextmanager
async def own_pool(engine: AsyncEngine) -> AsyncIterator[AsyncEngine]:
    """A rebuild has connections of its own, whose statements may take long."""
    url = engine.url.render_as_string(hide_password=False)
    async with rebuild_pool(url) as own:
        yield own


async def rebuilt(
    engine: AsyncEngine,
    redis: Redis | None = None,
    *,
    holder: str = "tests",
    parallel: int = 3,
    accept_differences: bool = False,
    report: Report = lambda _progress, _details: None,
) -> Rebuilt:
    async with own_pool(engine) as own, connect(NO_REDIS) as away:
        return await rebuild(
            Rebuilding(
                own,
                redis or away,
                holder,
                parallel=parallel,
                accept_differences=accept_differences,
                report=report,
            )
        )


async def rolled_back(
    engine: AsyncEngine, redis: Redis | None = None, *, holder: str = "tests"
) -> int:
    async with own_pool(engine) as own, connect(NO_REDIS) as away:
        return await roll_back(own, redis or away, holder)


def before(
    monkeypatch: pytest.MonkeyPatch, step: str, happens: Callable[[], Awaitable[object]]
) -> None:
    """Let something happen when a rebuild comes to one of its steps."""
    goes_on = getattr(rebuilding, step)

    async def interrupted(*given: object, **named: object) -> object:
        await happens()
        return await goes_on(*given, **named)

    monkeypatch.setattr(rebuilding, step, interrupted)


def unheard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let builders not be able to say that they live."""

    async def saying_nothing(*_given: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(building, "_renew", saying_nothing)


async def taken_for_dead(engine: AsyncEngine) -> None:
    """As if the builder had been killed some while ago."""
    await executed(
        engine,
        "update projections.generations set held_until = '-infinity' where state = 'building'",
    )


async def live(engine: AsyncEngine) -> int:
    """The generation that is read."""
    return next(number for number, state in (await states(engine)).items() if state == "live")


async def states(engine: AsyncEngine) -> dict[int, str]:
    """Of all generations that there ever were."""
    async with driver(engine) as connection:
        found = await connection.fetch("select generation, state from projections.generations")
    return {row["generation"]: row["state"] for row in found}


async def exists(engine: AsyncEngine, generation: int) -> bool:
    """Whether it has a schema."""
    async with driver(engine) as connection:
        found = await connection.fetchval("select to_regnamespace($1)", schema_of(generation))
    return found is not None


async def all_rows(engine: AsyncEngine, generation: int) -> Mapping[str, Rows]:
    """By catalog, every row of every read table."""
    async with driver(engine) as connection:
        heads = await read_heads(connection)
    return {catalog: await rows(engine, catalog, generation) for catalog in heads}


async def executed(engine: AsyncEngine, statement: str, *arguments: object) -> None:
    """What somebody does by hand."""
    async with driver(engine) as connection:
        await connection.execute(statement, *arguments)
