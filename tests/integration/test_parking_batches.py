"""Streams stand still at the same event, however the log is cut into batches."""

from collections.abc import Mapping, Sequence
from itertools import count
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver
from events.log import read_log
from events.product import ProductEvent
from projections.folding import Folding
from projections.generations import FIRST, schema_of
from projections.writing import write
from tests.given import TELEPORTED, another_generation, opened, projected, rows
from tests.parking import places
from tests.pipelined import pipelined
from tests.product_events import logs

CUT, EXPECTED, PIPELINED = FIRST + 1, FIRST + 2, FIRST + 3
EVERYTHING = 1_000_000
numbers = count()


@pytest.fixture
async def generations(engine: AsyncEngine) -> None:
    for generation in (CUT, EXPECTED, PIPELINED):
        await another_generation(engine, generation)


@pytest.mark.usefixtures("generations")
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    events=logs(),
    poisoned=st.sets(st.integers(0, 24), max_size=6),
    limits=st.lists(st.integers(1, 7), min_size=32, max_size=32),
)
async def test_streams_stand_still_at_the_same_event_wherever_batches_are_cut(
    engine: AsyncEngine,
    events: Sequence[tuple[int, ProductEvent]],
    poisoned: set[int],
    limits: Sequence[int],
) -> None:
    log = await opened(engine, f"log-{next(numbers)}")
    expected: dict[UUID, int] = {}
    for index, (number, event) in enumerate(events):
        product = UUID(int=number)
        if index in poisoned:
            expected.setdefault(product, await log.given_stored(product, TELEPORTED))
        await log.given(product, event)

    await projected(engine, log.catalog)
    await projected(engine, log.catalog, limits=limits, generation=CUT)
    await pipelined(engine, log.catalog, limits=limits, generation=PIPELINED)
    await without(engine, log.catalog, expected, generation=EXPECTED)

    in_order = sorted(expected.items(), key=lambda item: item[1])
    for generation in (FIRST, CUT, PIPELINED):
        assert await places(engine, log.catalog, generation) == in_order
        read = await rows(engine, log.catalog, generation)
        assert read == await rows(engine, log.catalog, EXPECTED)


async def without(
    engine: AsyncEngine, catalog: str, stopped: Mapping[UUID, int], generation: int
) -> None:
    """The rows of what is before the event at which each stream stopped, and that say so."""
    streams: dict[UUID, Folding] = {}
    async with driver(engine) as connection:
        for each in await read_log(connection, catalog, after=0, limit=EVERYTHING):
            if each.position < stopped.get(each.stream_id, EVERYTHING):
                streams.setdefault(each.stream_id, Folding(None)).take([each])
        for product in stopped.keys() & streams.keys():
            streams[product].stand_still(stopped[product])
        changes = [folding.change() for folding in streams.values()]
        await write(connection, schema_of(generation), catalog, changes)
