"""A business time that Python has no form for stops its own stream, and nothing else."""

from math import inf

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver
from events.errors import Undecodable
from events.log import read_log, read_stream, read_streams
from events.product import ProductRegistered, ProductRenamed
from projections.generations import FIRST
from projections.parking import read_parked
from projections.projector import read_progress
from tests.given import DESK, LAMP, Log, checkpoint, projected, registered
from tests.histories import told
from tests.impossible_times import NEVER, dated
from tests.parking import shown

desk = ProductRegistered(sku="DESK-1", name="Desk", attributes={})


async def given(engine: AsyncEngine, position: int, column: str, time: str) -> int:
    """The lamp has the first three positions, one of them at this time; the desk is behind it."""
    log = Log(engine)
    await log.given(LAMP, registered, ProductRenamed(name="Sun"))
    await log.given(LAMP, ProductRenamed(name="Moon"))
    head = await log.given(DESK, desk, ProductRenamed(name="Table"))
    await dated(engine, position, column, time)
    return head


@pytest.mark.parametrize("time", NEVER)
async def test_its_stream_is_parked_and_the_others_go_on(engine: AsyncEngine, time: str) -> None:
    head = await given(engine, 2, "occurred_at", time)

    (batch,) = await projected(engine)

    assert await checkpoint(engine) == head
    read = shown(batch)
    assert (read[LAMP].name, read[DESK].name) == ("Lamp", "Table")
    async with driver(engine) as connection:
        (parked,) = await read_parked(connection, "main", FIRST)
    assert (parked.product_id, parked.position) == (LAMP, 2)
    assert "no time" in parked.reason


@pytest.mark.parametrize("time", NEVER)
async def test_its_history_lists_what_else_happened(engine: AsyncEngine, time: str) -> None:
    await given(engine, 2, "occurred_at", time)

    items = (await told(engine)).items

    assert [item.changes_unknown is None for item in items] == [True, False, False]


@pytest.mark.parametrize("time", NEVER)
async def test_commands_find_the_stream_unreadable(engine: AsyncEngine, time: str) -> None:
    await given(engine, 2, "occurred_at", time)
    async with driver(engine) as connection:
        (_, alone, _) = await read_stream(connection, "main", LAMP)
        (_, among, _) = (await read_streams(connection, "main", {LAMP: 0}))[LAMP]
        (_, logged, *_) = await read_log(connection, "main", after=0, limit=10)
    assert alone == among == logged
    with pytest.raises(Undecodable):
        _ = alone.event


@pytest.mark.parametrize("time", NEVER)
async def test_the_same_time_of_recording_stops_nothing(engine: AsyncEngine, time: str) -> None:
    head = await given(engine, 1, "recorded_at", time)
    async with driver(engine) as connection:
        (progress,) = await read_progress(connection)
    assert 0 <= progress.lag_seconds < inf

    (batch,) = await projected(engine)

    assert (await checkpoint(engine), batch.faults) == (head, [])
