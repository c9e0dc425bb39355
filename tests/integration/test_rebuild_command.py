"""`catalog rebuild`, and what `catalog migrate` says of read tables that are of other code."""

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from cli.rebuild import OUTDATED
from events.database import driver
from events.nudge import connect
from projections import rebuild as rebuilding
from projections.building import begin
from projections.cached import state_key
from projections.publish import Publisher
from tests.command import catalog_command
from tests.eventually import eventually
from tests.given import LAMP, SWITCHED, Log, checkpoint, projected, registered
from tests.projectors import measured, running
from tests.rebuilding import executed, live, states

type Command = Callable[..., Awaitable[int]]

OTHER_CODE = "update projections.generations set code_digest = '' where state = 'live'"
TAMPERED = "update only read_1.product_search set name = 'lump'"


@pytest.fixture
def catalog(monkeypatch: pytest.MonkeyPatch, database_url: str, redis_url: str) -> Command:
    monkeypatch.setenv("CATALOG_DATABASE_URL", database_url)
    monkeypatch.setenv("CATALOG_REDIS_URL", redis_url)
    command = catalog_command(monkeypatch)

    async def run(*arguments: str) -> int:
        return await asyncio.to_thread(command, *arguments)

    return run


@pytest.fixture(autouse=True)
async def log(engine: AsyncEngine) -> Log:
    log = Log(engine)
    await log.given(LAMP, registered)
    await projected(engine)
    return log


async def test_it_tells_what_came_of_it(
    catalog: Command, engine: AsyncEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await catalog("rebuild") == 0
    told = capsys.readouterr()
    assert told.out.startswith("Generation 2 is read: 1 events in ")
    assert told.out.endswith(", equal to what was read before.\n")
    assert "done" in told.err
    assert await live(engine) == 2

    assert await catalog("rebuild", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["generation"], document["events"], document["differences"]) == (3, 1, [])


async def test_the_cache_hears_of_it(catalog: Command, redis_url: str) -> None:
    async with connect(redis_url) as redis:
        await Publisher(redis, ttl_seconds=60).announce("main", SWITCHED, 1, 1)
        assert await catalog("rebuild") == 0
        token, position = (await redis.get(state_key("main"))).split()
    assert (token.partition(b".")[0], position) == (b"2", b"1")


async def test_differences_are_told_and_may_be_accepted(
    catalog: Command, engine: AsyncEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    await executed(engine, TAMPERED)
    assert await catalog("rebuild") == 1
    told = capsys.readouterr().err.splitlines()[-1]
    assert f"1 in main.product_search ({LAMP})" in told
    assert "--accept-differences" in told
    assert await live(engine) == 1
    assert await catalog("rebuild", "--accept-differences") == 0
    assert f"1 in main.product_search ({LAMP})" in capsys.readouterr().out
    assert await live(engine) == 3


async def test_while_another_rebuilds_it_is_refused(
    catalog: Command, engine: AsyncEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    async with driver(engine) as connection:
        await begin(connection, "other")
    for arguments in (("rebuild",), ("rebuild", "--rollback")):
        assert await catalog(*arguments) == 1
        assert "being rebuilt already" in capsys.readouterr().err
    assert await states(engine) == {1: "live", 2: "building"}


async def test_it_goes_back(
    catalog: Command, engine: AsyncEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await catalog("rebuild", "--rollback") == 1
    assert "No earlier generation is kept" in capsys.readouterr().err
    assert await catalog("rebuild") == 0
    capsys.readouterr()
    assert await catalog("rebuild", "--rollback") == 0
    assert capsys.readouterr().out == "Generation 1 is read again.\n"
    assert await catalog("rebuild", "--rollback", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"generation": 2}
    assert await live(engine) == 2


async def test_migrate_leaves_tables_of_the_same_code_alone(
    catalog: Command, engine: AsyncEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments in (("migrate",), ("migrate", "--rebuild")):
        assert await catalog(*arguments) == 0
        assert capsys.readouterr().err == ""
    assert await states(engine) == {1: "live"}


async def test_migrate_says_that_tables_are_of_other_code_or_rebuilds_them(
    catalog: Command, engine: AsyncEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    await executed(engine, OTHER_CODE)
    await executed(engine, TAMPERED)
    assert await catalog("migrate") == 0
    assert capsys.readouterr().err == f"{OUTDATED}\n"
    assert await live(engine) == 1
    assert await catalog("migrate", "--rebuild") == 0
    assert OUTDATED not in capsys.readouterr().err
    assert await live(engine) == 2
    assert await catalog("migrate") == 0
    assert capsys.readouterr().err == ""


async def test_a_worker_stands_still_until_they_are_rebuilt(
    catalog: Command,
    engine: AsyncEngine,
    redis_url: str,
    log: Log,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nor are they waited for in vain."""
    monkeypatch.setattr(rebuilding, "ACCEPTING_SECONDS", 0.1)
    await executed(engine, OTHER_CODE)
    head = await log.given(LAMP, registered.__class__(sku="L", name="L", attributes={}))
    async with connect(redis_url) as redis, running(engine, redis) as projecting:

        async def stands_still() -> bool:
            return measured("outdated") == 1

        async def goes_on() -> bool:
            return projecting.state == "ok" and await checkpoint(engine, generation=2) == head

        await eventually(stands_still)
        assert projecting.state == "outdated"
        assert await catalog("rebuild") == 0
        await eventually(goes_on)
        assert measured("outdated") == 0
    assert await checkpoint(engine, generation=1) == 1
