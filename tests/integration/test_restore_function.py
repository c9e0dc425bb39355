"""`event_store.restore`: what the database itself refuses to its owner, whoever calls it."""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime

import asyncpg
import pytest
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import Connection, driver
from events.recorded import Recorded
from tests.appends import appended, asked, logged
from tests.exported_logs import BEGIN, hashed, log
from tests.given import DESK

STAGE = """
create temporary table restored_events (like event_store.events) on commit drop;
create temporary table restored_claims (like event_store.claims) on commit drop
"""
COLUMNS = Recorded.__struct_fields__


@pytest.fixture
async def owner(engine: AsyncEngine) -> AsyncIterator[Connection]:
    async with driver(engine) as connection:
        yield connection


async def restored(owner: Connection, events: Sequence[Recorded], catalog: str = "main") -> None:
    async with owner.transaction():
        await owner.execute(STAGE)
        rows = [tuple(getattr(event, column) for column in COLUMNS) for event in events]
        await owner.copy_records_to_table("restored_events", columns=COLUMNS, records=rows)
        await owner.execute("select event_store.restore($1, 'product')", catalog)


async def test_a_sound_log_is_taken(owner: Connection, engine: AsyncEngine) -> None:
    await restored(owner, log())
    assert await logged(engine) == log()


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda e: [replace(e[0], actor="eve"), *e[1:]], id="not what was hashed"),
        pytest.param(lambda e: [*e[:2], *e[3:]], id="a position missing"),
        pytest.param(lambda e: e[1:], id="the first position missing"),
        pytest.param(lambda e: [*e, e[-1]], id="a position twice"),
        pytest.param(lambda e: [hashed(e[0], position=0), *e[1:]], id="a position of none"),
        pytest.param(lambda e: [*e[:2], hashed(e[2], version=4), *e[3:]], id="a version missing"),
        pytest.param(
            lambda e: [*e[:2], hashed(e[2], stream_id=DESK), *e[3:]], id="versions in disorder"
        ),
        pytest.param(lambda e: [hashed(e[0], version=0), *e[1:]], id="a version of none"),
        pytest.param(lambda e: [hashed(e[0], catalog_id="outlet"), *e[1:]], id="another catalog"),
        pytest.param(
            lambda e: [*e[:3], hashed(e[3], occurred_at=BEGIN, recorded_at=BEGIN), e[4]],
            id="recorded before the one before",
        ),
        pytest.param(
            lambda e: [e[0], hashed(e[1], occurred_at=BEGIN), *e[2:]], id="occurred before"
        ),
        pytest.param(
            lambda e: [hashed(e[0], occurred_at=e[1].recorded_at), *e[1:]],
            id="recorded before it occurred",
        ),
        pytest.param(
            lambda e: [*e[:4], hashed(e[4], recorded_at=datetime(9999, 1, 1, tzinfo=UTC))],
            id="recorded in the future",
        ),
    ],
)
async def test_what_no_append_could_have_written_is_refused(
    owner: Connection,
    engine: AsyncEngine,
    damage: Callable[[Sequence[Recorded]], Sequence[Recorded]],
) -> None:
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await restored(owner, damage(log()))
    assert await logged(engine) == []
    assert await owner.fetchval("select head from event_store.catalogs") == 0


async def test_a_catalog_that_has_events_is_left_alone(
    owner: Connection, engine: AsyncEngine
) -> None:
    await appended(engine, asked())
    before = await logged(engine)
    with pytest.raises(asyncpg.ObjectNotInPrerequisiteStateError):
        await restored(owner, log())
    assert await logged(engine) == before


async def test_an_unknown_catalog_is_told(owner: Connection) -> None:
    with pytest.raises(asyncpg.NoDataFoundError):
        await restored(owner, log("nowhere"), "nowhere")


async def test_nothing_makes_no_log(owner: Connection) -> None:
    await restored(owner, [])
    assert await owner.fetchval("select last_recorded_at::text from event_store.catalogs") == (
        "-infinity"
    )


async def test_writers_wait_until_it_is_decided(owner: Connection, engine: AsyncEngine) -> None:
    """And then find that the catalog has another version than they knew."""
    transaction = owner.transaction()
    await transaction.start()
    await owner.execute(STAGE)
    await owner.execute("select event_store.restore('main', 'product')")
    async with driver(engine) as other:
        with pytest.raises(asyncpg.LockNotAvailableError):
            await other.execute("set lock_timeout = '1ms'; select event_store.hold('main')")
    await transaction.rollback()
