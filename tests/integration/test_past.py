"""The read tables with their past are what they were at any moment, however the log was applied."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver
from events.product import PriceRemoved, PriceSet, ProductEvent, ProductRenamed
from projections.generations import FIRST, schema_of
from projections.read_models import READ_MODELS
from tests.given import LAMP, Log, Rows, another_generation, opened, projected, registered, rows
from tests.product_events import logs
from tests.rebuilding import rebuilt

CUT = FIRST + 1
DAYS = 4
FIRST_DAY = datetime(2024, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)
numbers = count()
five, seven = (PriceSet(currency="EUR", amount=amount) for amount in (5, 7))

_AS_OF = """
select t::text
from (
    select {columns} from {schema}.{table} where catalog_id = $1 and since <= $2 and until > $2
) t
order by 1
"""


def day(number: int) -> datetime:
    return FIRST_DAY + timedelta(days=number)


async def as_of(engine: AsyncEngine, moment: datetime, catalog: str = "main") -> Rows:
    """The rows of each table, without when they held."""
    read = {}
    async with driver(engine) as connection:
        for model in READ_MODELS:
            query = _AS_OF.format(
                columns=", ".join(column.name for column in model.columns),
                schema=schema_of(FIRST),
                table=model.table.name,
            )
            read[model.table.name] = [
                row[0] for row in await connection.fetch(query, catalog, moment)
            ]
    return read


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    events=logs(),
    days=st.lists(st.integers(0, DAYS), min_size=25, max_size=25).map(sorted),
    limits=st.lists(st.integers(1, 7), min_size=25, max_size=25),
)
async def test_it_is_what_was_read_then(
    engine: AsyncEngine,
    events: Sequence[tuple[int, ProductEvent]],
    days: Sequence[int],
    limits: Sequence[int],
) -> None:
    log = await opened(engine, f"log-{next(numbers)}")
    read: list[Rows] = []
    for today in range(DAYS + 1):
        for (number, event), then in zip(events, days, strict=False):
            if then == today:
                await log.given(UUID(int=number), event, occurred_at=day(today))
        await projected(engine, log.catalog, limits=limits)
        read.append(await as_of(engine, day(DAYS), log.catalog))

    for today, expected in enumerate(read):
        assert await as_of(engine, day(today), log.catalog) == expected
        assert await as_of(engine, day(today + 1) - TICK, log.catalog) == expected
    assert not any((await as_of(engine, FIRST_DAY - TICK, log.catalog)).values())


@pytest.fixture
async def changed(engine: AsyncEngine) -> Log:
    log = Log(engine)
    await log.given(LAMP, registered, five, occurred_at=day(0))
    await projected(engine)
    await log.given(LAMP, seven, occurred_at=day(1))
    await log.given(LAMP, five, occurred_at=day(1))
    await log.given(LAMP, PriceRemoved(currency="EUR"), occurred_at=day(2))
    await log.given(LAMP, ProductRenamed(name="Sun"), occurred_at=day(2))
    await projected(engine)
    return log


PRICES = """
select amount || ' ' || (since at time zone 'UTC')::date || ' ' || (until at time zone 'UTC')::date
from read_1.past_product_prices order by since
"""


@pytest.mark.usefixtures("changed")
async def test_a_row_held_until_it_was_touched(engine: AsyncEngine) -> None:
    """Be it by what came to nothing within its moment."""
    async with driver(engine) as connection:
        held = [row[0] for row in await connection.fetch(PRICES)]
        name = await connection.fetchval("select since from only read_1.product_search")
    assert held == ["5 2024-01-01 2024-01-02", "5 2024-01-02 2024-01-03"]
    assert name == day(2)


@pytest.mark.usefixtures("changed")
@pytest.mark.parametrize("limit", [1, 2, 3, 5])
async def test_it_is_the_same_however_batches_are_cut(engine: AsyncEngine, limit: int) -> None:
    await another_generation(engine, CUT)
    await projected(engine, limits=[limit] * 10, generation=CUT)
    assert await rows(engine) == await rows(engine, generation=CUT)


@pytest.mark.usefixtures("changed")
async def test_a_rebuild_makes_the_same_past(engine: AsyncEngine) -> None:
    before = await rows(engine)
    assert before["past_product_details"]
    done = await rebuilt(engine)
    assert (done.differences, await rows(engine, generation=done.generation)) == ([], before)
