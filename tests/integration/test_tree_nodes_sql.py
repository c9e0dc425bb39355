"""`docs/tree_nodes.sql`: what an owner runs when nothing but nodes of the tree is damaged."""

from pathlib import Path

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver
from events.frontier import PAGE
from tests.given import opened
from tests.signing import grown, rewritten, signed

SCRIPT = Path(__file__).parents[2] / "docs" / "tree_nodes.sql"


async def nodes(engine: AsyncEngine) -> list[asyncpg.Record]:
    async with driver(engine) as connection:
        return await connection.fetch("select * from event_store.tree_nodes order by 1, 2, 3")


async def run(engine: AsyncEngine) -> None:
    async with driver(engine) as connection:
        await connection.execute(SCRIPT.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "damage",
    [
        "delete from event_store.tree_nodes where level = 1 and index % 3 = 0",
        "update event_store.tree_nodes set hash = sha256('') where level = 2",
        "insert into event_store.tree_nodes values ('main', 1, 9999, '')",
    ],
)
async def test_nodes_are_what_they_were_and_signing_goes_on(
    engine: AsyncEngine, damage: str
) -> None:
    await opened(engine, "outlet")
    await grown(engine, PAGE + 7, "outlet")
    await grown(engine, PAGE**2 + PAGE + 5)
    await signed(engine)
    before = await nodes(engine)
    await grown(engine, PAGE)
    await rewritten(engine, "tree_nodes", damage)

    await run(engine)

    assert await nodes(engine) == before
    assert {node["level"] for node in before} == {1, 2}
    assert (await signed(engine)).size == PAGE**2 + 2 * PAGE + 5


async def test_nodes_are_as_guarded_as_before(engine: AsyncEngine) -> None:
    await grown(engine, PAGE)
    await signed(engine)
    await run(engine)
    async with driver(engine) as connection:
        with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
            await connection.execute(
                "set session_replication_role = 'replica'; delete from event_store.tree_nodes"
            )
