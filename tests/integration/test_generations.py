"""A generation: one build of all read tables, behind the views that queries see."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from projections import generations
from projections.generations import FIRST, build, schema_of, show
from tests.given import LAMP, Log, projected, registered, rows

SECOND = FIRST + 1


async def tables(engine: AsyncEngine, schema: str) -> dict[str, list[str]]:
    query = text(
        "select table_name, column_name from information_schema.columns"
        " where table_schema = :schema order by table_name, ordinal_position"
    )
    found: dict[str, list[str]] = {}
    async with engine.connect() as connection:
        for table, column in await connection.execute(query, {"schema": schema}):
            found.setdefault(table, []).append(column)
    return found


async def seen(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        count = await connection.scalar(text("select count(*) from read.product_details"))
    return int(count or 0)


async def test_a_database_has_a_first_generation_that_views_show(engine: AsyncEngine) -> None:
    shown = await tables(engine, "read")
    assert shown
    assert shown == await tables(engine, schema_of(FIRST))


async def test_making_sure_of_it_twice_changes_nothing(engine: AsyncEngine) -> None:
    await Log(engine).given(LAMP, registered)
    await projected(engine)
    async with engine.begin() as connection:
        await connection.run_sync(generations.ensure_live)
    assert await seen(engine) == 1


async def test_another_generation_is_filled_unseen_and_then_shown(engine: AsyncEngine) -> None:
    await Log(engine).given(LAMP, registered)
    async with engine.begin() as connection:
        await connection.run_sync(build, SECOND)
    await projected(engine, generation=SECOND)
    assert await seen(engine) == 0
    async with engine.begin() as connection:
        await connection.run_sync(show, SECOND)
    assert await seen(engine) == 1
    assert not any((await rows(engine, generation=FIRST)).values())


@pytest.mark.parametrize("role", ["catalog_query", "catalog_command"])
async def test_readers_see_the_views_and_cannot_write_them(engine: AsyncEngine, role: str) -> None:
    query = text(
        "select has_table_privilege(:role, 'read.product_details', 'select'),"
        " has_table_privilege(:role, 'read.product_details', 'insert, update, delete'),"
        " has_schema_privilege(:role, :schema, 'usage')"
    )
    async with engine.connect() as connection:
        granted = (
            await connection.execute(query, {"role": role, "schema": schema_of(FIRST)})
        ).one()
    assert tuple(granted) == (True, False, False)
