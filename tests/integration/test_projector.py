"""The projector: every event exactly once, however the log is cut into batches."""

from collections.abc import Sequence
from itertools import count
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from events.product import PriceSet, ProductEvent, ProductRenamed
from projections.generations import FIRST
from tests.given import (
    DESK,
    LAMP,
    Log,
    another_generation,
    checkpoint,
    opened,
    projected,
    registered,
    rows,
)
from tests.pipelined import pipelined
from tests.product_events import logs
from tests.rolled_back import rolled_back

ONE_BY_ONE, CUT, PIPELINED = FIRST + 1, FIRST + 2, FIRST + 3
numbers = count()


@pytest.fixture
async def generations(engine: AsyncEngine) -> None:
    """More sets of read tables, for other ways to cut the same log."""
    for generation in (ONE_BY_ONE, CUT, PIPELINED):
        await another_generation(engine, generation)


@pytest.mark.usefixtures("generations")
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(events=logs(), limits=st.lists(st.integers(1, 7), min_size=26, max_size=26))
async def test_rows_are_the_same_wherever_batches_are_cut(
    engine: AsyncEngine, events: Sequence[tuple[int, ProductEvent]], limits: Sequence[int]
) -> None:
    log = await opened(engine, f"log-{next(numbers)}")
    for number, event in events:
        await log.given(UUID(int=number), event)

    await projected(engine, log.catalog)
    await projected(engine, log.catalog, limits=[1] * len(events), generation=ONE_BY_ONE)
    await projected(engine, log.catalog, limits=limits, generation=CUT)
    await pipelined(engine, log.catalog, limits=limits, generation=PIPELINED)

    at_once = await rows(engine, log.catalog)
    assert at_once["product_details"]
    assert await rows(engine, log.catalog, ONE_BY_ONE) == at_once
    assert await rows(engine, log.catalog, CUT) == at_once
    assert await rows(engine, log.catalog, PIPELINED) == at_once


async def test_a_batch_that_is_rolled_back_changes_nothing(engine: AsyncEngine) -> None:
    await Log(engine).given(LAMP, registered, PriceSet(currency="EUR", amount=1))

    batch = await rolled_back(engine)

    assert len(batch.events) == 2
    assert await checkpoint(engine) == 0
    assert not any((await rows(engine)).values())


async def test_the_same_product_in_two_catalogs_is_two_rows(engine: AsyncEngine) -> None:
    main, outlet = Log(engine), await opened(engine, "outlet")
    await main.given(LAMP, registered, ProductRenamed(name="Here"))
    await outlet.given(LAMP, registered, ProductRenamed(name="There"))
    await projected(engine, "main")
    assert not any((await rows(engine, "outlet")).values())
    await projected(engine, "outlet")
    assert len((await rows(engine, "main"))["product_details"]) == 1
    assert len((await rows(engine, "outlet"))["product_details"]) == 1


async def test_a_batch_tells_where_it_began_and_ended(engine: AsyncEngine) -> None:
    log = Log(engine)
    await log.given(LAMP, registered)
    await log.given(DESK, registered.__class__(sku="DESK-1", name="Desk", attributes={}))
    await log.given(LAMP, ProductRenamed(name="Sun"))
    first, second = await projected(engine, limits=[2])
    assert (first.before, first.after, len(first.changes)) == (0, 2, 2)
    assert (second.before, second.after, len(second.changes)) == (2, 3, 1)
