"""The key of cursors: the database's own, read once by each process that lists anything."""

import asyncio
from contextlib import suppress

import asyncpg
import msgspec
import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import create_engine, driver
from events.errors import DatabaseUnavailable
from migrations.run import upgrade
from queries.cursor_key import KeptCursors
from queries.database import ReadDatabase
from tests.acting import acting_as
from tests.eventually import eventually
from tests.logins import logged_in, own_database

KEY = "select key from access.cursor_keys"


class Place(msgspec.Struct, frozen=True):
    after: int


async def test_a_cursor_is_of_use_to_every_process_of_the_query_side(database_url: str) -> None:
    async with (
        acting_as("catalog_query", database_url) as one,
        acting_as("catalog_query", database_url) as other,
    ):
        sealed = (await KeptCursors(ReadDatabase(one))()).seal(Place(7), of="list")
        assert (await KeptCursors(ReadDatabase(other))()).open(sealed, Place, of="list") == Place(7)


@pytest.mark.parametrize("group", ["catalog_projection", None])
async def test_who_makes_no_lists_does_not_see_the_key(
    database_url: str, group: str | None
) -> None:
    async with logged_in(database_url, group) as login:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await login.execute(KEY)


async def test_every_database_has_a_key_of_its_own_and_keeps_it(
    engine: AsyncEngine, database_url: str
) -> None:
    async with own_database(database_url) as owned:
        await upgrade(owned)
        another = await asyncpg.connect(owned)
        try:
            key = await another.fetchval(KEY)
            await upgrade(owned)
            assert await another.fetchval(KEY) == key
            with pytest.raises(asyncpg.UniqueViolationError):
                await another.execute("insert into access.cursor_keys values (sha256('mine'))")
        finally:
            await another.close()
    async with driver(engine) as connection:
        assert len(key) == 32
        assert key != await connection.fetchval(KEY)


async def test_the_key_is_read_once(database_url: str) -> None:
    engine = create_engine(database_url, pool_size=1, application="catalog-tests")
    lent = 0

    @event.listens_for(engine.sync_engine, "checkout")
    def count(*_: object) -> None:
        nonlocal lent
        lent += 1

    cursors = KeptCursors(ReadDatabase(engine))
    try:
        kept = {await each for each in asyncio.as_completed(cursors() for _ in range(100))}
        assert {await cursors()} == kept
        assert (len(kept), lent) == (1, 1)
    finally:
        await engine.dispose()


async def test_without_postgresql_it_is_asked_for_again(database_url: str) -> None:
    """All who ask at a time fail together, and the next ones try again."""
    engine = create_engine(database_url, pool_size=1, application="catalog-tests")
    tried, away = 0, True

    @event.listens_for(engine.sync_engine, "checkout")
    def refuse(*_: object) -> None:
        nonlocal tried
        tried += 1
        if away:
            raise OSError

    cursors = KeptCursors(ReadDatabase(engine))
    try:
        told = await asyncio.gather(*(cursors() for _ in range(100)), return_exceptions=True)
        assert {type(each) for each in told} == {DatabaseUnavailable}
        assert tried == 1
        away = False

        async def is_back() -> bool:
            with suppress(DatabaseUnavailable):
                return bool((await cursors()).seal(Place(1), of="list"))
            return False

        await eventually(is_back)
    finally:
        await engine.dispose()
