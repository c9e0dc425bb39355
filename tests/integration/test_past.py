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
from events.product import PriceRemoved, PriceSet, ProductDescribed, ProductEvent, ProductRenamed
from projections.generations import FIRST, schema_of
from projections.read_models import READ_MODELS
from tests.given import LAMP, Log, Rows, another_generation, opened, projected, registered, rows
from tests.parking import discarded
from tests.product_events import logs
from tests.rebuilding import rebuilt
from tests.signing import rewritten

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


HELD = """
select document ->> 'name', document ->> 'version',
       (since at time zone 'UTC')::date || '', (until at time zone 'UTC')::date || ''
from read_1.product_details order by since, until
"""
DATED = "update event_store.events set occurred_at = '{}' where position = {}"


async def held(engine: AsyncEngine) -> list[tuple[str, str, str, str]]:
    async with driver(engine) as connection:
        return [tuple(row) for row in await connection.fetch(HELD)]


@pytest.mark.parametrize("limits", [[], [1] * 10])
async def test_times_that_go_back_end_nothing_before_it_began(
    engine: AsyncEngine, limits: Sequence[int]
) -> None:
    """As only a damaged log has them: the latest time so far counts, wherever a batch ends."""
    log = Log(engine)
    await log.given(LAMP, registered, *(ProductRenamed(name=name) for name in "ABC"))
    for position, number in enumerate([0, 5, 2, 7], 1):
        await rewritten(engine, "events", DATED.format(day(number), position))
    await projected(engine, limits=limits)
    assert await held(engine) == [
        ("Lamp", "1", "2024-01-01", "2024-01-06"),
        ("B", "3", "2024-01-06", "2024-01-08"),
        ("C", "4", "2024-01-08", "infinity"),
    ]


@pytest.mark.parametrize("limits", [[], [1] * 10])
async def test_a_discarded_event_counts_as_a_version_from_its_time_on(
    engine: AsyncEngine, limits: Sequence[int]
) -> None:
    log = Log(engine)
    await log.given(LAMP, registered, occurred_at=day(0))
    sun = await log.given(LAMP, ProductRenamed(name="Sun"), occurred_at=day(2))
    await discarded(engine, LAMP, sun)
    await log.given(LAMP, five, occurred_at=day(4))
    await projected(engine, limits=limits)
    assert await held(engine) == [
        ("Lamp", "1", "2024-01-01", "2024-01-03"),
        ("Lamp", "2", "2024-01-03", "2024-01-05"),
        ("Lamp", "3", "2024-01-05", "infinity"),
    ]


async def test_a_long_stream_is_rebuilt_page_by_page(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of which some read models are seldom touched."""
    monkeypatch.setattr("events.walk.PAGE", 3)
    log = Log(engine)
    await log.given(LAMP, registered, five, occurred_at=day(0))
    for number in range(1, 20):
        price = PriceSet(currency="EUR", amount=number)
        name = [ProductRenamed(name=f"Lamp {number}")] if number % 7 == 0 else []
        await log.given(LAMP, price, *name, occurred_at=day(number))
    await projected(engine)
    done = await rebuilt(engine)
    assert done.differences == []
    assert len((await rows(engine))["past_product_search"]) == 2


async def test_a_batch_leads_to_no_more_documents_than_there_is_memory_for(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("projections.projector.DOCUMENTS_BYTES", 10_000)
    log = Log(engine)
    await log.given(LAMP, registered, ProductDescribed(description="x" * 2_000), occurred_at=day(0))
    for number in range(10):
        await log.given(LAMP, PriceSet(currency="EUR", amount=number), occurred_at=day(number))
    batches = await projected(engine)
    assert sum(len(batch.events) for batch in batches) == 12
    assert max(len(batch.events) for batch in batches) < 6
    assert (await rebuilt(engine)).differences == []
