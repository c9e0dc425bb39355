"""A generation: one build of all read tables, behind the views that queries see."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver
from projections.generations import FIRST, build, drop, ensure_live, schema_of, show
from projections.past import EVER
from projections.read_models import READ_MODELS
from tests.acting import acting_as
from tests.given import LAMP, Log, another_generation, projected, registered, rows

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
    """Each table, its past, and both together."""
    shown, made = await tables(engine, "read"), await tables(engine, schema_of(FIRST))
    assert made
    together = {f"{EVER}{model.table.name}": made[model.table.name] for model in READ_MODELS}
    assert shown == made | together


async def test_making_sure_of_it_twice_changes_nothing(engine: AsyncEngine) -> None:
    await Log(engine).given(LAMP, registered)
    await projected(engine)
    async with driver(engine) as connection:
        await ensure_live(connection)
    assert await seen(engine) == 1


async def test_another_generation_is_filled_unseen_and_then_shown(engine: AsyncEngine) -> None:
    await Log(engine).given(LAMP, registered)
    await another_generation(engine)
    await projected(engine, generation=SECOND)
    assert await seen(engine) == 0
    async with driver(engine) as connection:
        await show(connection, SECOND)
    assert await seen(engine) == 1
    assert not any((await rows(engine, generation=FIRST)).values())


async def indexes(engine: AsyncEngine, generation: int) -> dict[str, str]:
    """How each key and index is made, whatever schema it is in."""
    schema = schema_of(generation)
    async with driver(engine) as connection:
        found = await connection.fetch(
            "select indexname, indexdef from pg_indexes where schemaname = $1", schema
        )
    return {row["indexname"]: row["indexdef"].replace(schema, "read") for row in found}


async def test_keys_and_indexes_are_made_when_it_is_full(engine: AsyncEngine) -> None:
    async with driver(engine) as connection:
        await build(connection, SECOND)
    assert await indexes(engine, SECOND) == {}
    await another_generation(engine, SECOND + 1)
    assert await indexes(engine, SECOND + 1) == await indexes(engine, FIRST)
    assert "product_details_pkey" in await indexes(engine, FIRST)


async def test_one_that_is_dropped_leaves_nothing(engine: AsyncEngine) -> None:
    await another_generation(engine)
    async with driver(engine) as connection:
        await drop(connection, SECOND)
        await drop(connection, SECOND)
    assert await tables(engine, schema_of(SECOND)) == {}
    await another_generation(engine)


async def test_the_worker_s_role_may_make_fill_show_and_drop_it(
    engine: AsyncEngine, database_url: str
) -> None:
    await Log(engine).given(LAMP, registered)
    async with acting_as("catalog_projection", database_url) as worker:
        await another_generation(worker)
        await projected(worker, generation=SECOND)
        async with driver(worker) as connection:
            await show(connection, SECOND)
            await drop(connection, FIRST)
    assert await seen(engine) == 1


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
