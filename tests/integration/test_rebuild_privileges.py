"""Who may rebuild, and who reads what was rebuilt."""

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver, pool
from migrations.run import upgrade
from projections.building import clean
from queries.database import ReadDatabase
from queries.lists.filters import Filters
from queries.lists.listing import Wanted
from queries.lists.products import find
from queries.lists.totals import Totals
from tests.cursors import CURSORS
from tests.given import LAMP, MAIN, Log, projected, registered
from tests.logins import logged_in, login, own_database
from tests.reading import read_stored
from tests.rebuilding import executed, rebuilt, rolled_back, states
from workers.schedule import KEEP_RETIRED

GROUPS = ("catalog_command", "catalog_query", "catalog_projection")


async def all_of_it(owner: AsyncEngine) -> None:
    """What a worker or an operator does with generations."""
    assert (await rebuilt(owner)).differences == []
    assert await rolled_back(owner) == 1
    assert await rolled_back(owner) == 2
    await executed(owner, "update projections.generations set updated_at = '2020-01-01Z'")
    async with driver(owner) as connection:
        assert await clean(connection, KEEP_RETIRED) == [1]
    assert await states(owner) == {1: "dropped", 2: "live"}


async def test_a_login_of_the_workers_group_may(engine: AsyncEngine, database_url: str) -> None:
    await Log(engine).given(LAMP, registered)
    await projected(engine)
    async with (
        login(database_url, "catalog_projection") as url,
        pool(url, application="catalog-tests") as worker,
    ):
        await all_of_it(worker)


async def test_who_owns_the_database_and_rules_no_server_may(database_url: str) -> None:
    async with own_database(database_url) as url:
        await upgrade(url)
        async with pool(url, application="catalog-tests") as owner:
            await all_of_it(owner)
            await upgrade(url)
            assert (await rebuilt(owner)).generation == 3


async def test_readers_go_on_reading_through_the_same_connections(
    engine: AsyncEngine, database_url: str
) -> None:
    await Log(engine).given(LAMP, registered)
    await projected(engine)
    async with (
        login(database_url, "catalog_query") as url,
        pool(url, application="catalog-tests", pool_size=1) as reader,
    ):
        for _ in range(2):
            assert (await read_stored(reader)).value
            wanted = Wanted(catalog=MAIN, filters=Filters(q="lamp", currency="EUR"))
            page = await find(ReadDatabase(reader), CURSORS, Totals(), wanted)
            assert page.value.total == 1
            await rebuilt(engine)
        assert (await read_stored(reader)).value


@pytest.mark.parametrize("group", [*GROUPS, None])
async def test_nobody_else_makes_schemas(database_url: str, group: str | None) -> None:
    async with logged_in(database_url, group) as somebody:
        if group == "catalog_projection":
            await somebody.execute("select projections.create_generation(7)")
            await somebody.execute("drop schema read_7")
        else:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await somebody.execute("select projections.create_generation(7)")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await somebody.execute("create schema mine")
