"""A log is read in stretches: what is selected, what each event changed, and what that costs."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events import product as facts
from events.database import Connection, driver
from events.product import ProductEvent
from events.recorded import Fact
from events.selection import EVERYTHING, Selection, read_spans, select
from queries.audit import events, folded, telling
from queries.audit.events import LogReader
from queries.audit.items import LoggedItem
from tests.given import DESK, LAMP, TELEPORTED, Log, opened, registered

pytest_plugins = ("tests.folds_fixtures",)

MANY = 10**9
MOMENTS = [datetime(2024, 5, day, tzinfo=UTC) for day in range(1, 5)]
PRODUCTS = [UUID(int=number) for number in range(1, 8)]


def reader(engine: AsyncEngine, folded_bytes: int = 1_000_000) -> LogReader:
    return LogReader(engine, folded_bytes=folded_bytes)


def happening(random: Random, number: int) -> ProductEvent:
    possible: list[ProductEvent] = [
        facts.ProductRenamed(name=f"Lamp {number}"),
        facts.PriceSet(currency="EUR", amount=number),
        facts.ProductTagged(tags=(f"tag-{number}",)),
    ]
    return random.choice(possible)


async def given_history(log: Log) -> None:
    random = Random(4)
    for moment in MOMENTS:
        for product in PRODUCTS:
            first = [registered] if moment is MOMENTS[0] else []
            events_ = [happening(random, random.randrange(1000)) for _ in range(3)]
            await log.given(product, *first, *events_, occurred_at=moment)


async def walked(
    engine: AsyncEngine, wanted: Selection = EVERYTHING, *, limit: int, folded_bytes: int = 10**6
) -> list[LoggedItem]:
    items: list[LoggedItem] = []
    log, after = reader(engine, folded_bytes), 0
    while True:
        stretch = await log.stretch("main", wanted, after=after, limit=limit)
        items += stretch.items
        after = stretch.upto
        if after == stretch.head:
            return items


SELECTIONS = (
    EVERYTHING,
    Selection(types=("PriceSet",)),
    Selection(types=("PriceSet", "ProductTagged"), since=MOMENTS[1]),
    Selection(stream=LAMP),
    Selection(stream=DESK, types=("ProductRenamed",), until=MOMENTS[2]),
    Selection(since=MOMENTS[1], until=MOMENTS[3]),
    Selection(since=MOMENTS[1] + timedelta(microseconds=1), until=MOMENTS[2]),
    Selection(actor="tests", types=("ProductRegistered",)),
    Selection(actor="nobody"),
)


@pytest.mark.parametrize("wanted", SELECTIONS)
async def test_what_is_selected_in_sql_is_what_a_selection_takes(
    engine: AsyncEngine, wanted: Selection
) -> None:
    await given_history(Log(engine))
    other = await opened(engine, "other")
    await other.given(LAMP, registered)
    async with driver(engine) as connection:
        everything = await select(connection, "main", EVERYTHING, after=0, upto=MANY, limit=MANY)
        found = await select(connection, "main", wanted, after=5, upto=60, limit=20)

    taken = [event for event in everything if wanted.takes(event) and 5 < event.position <= 60]
    assert found == taken[:20]
    assert len(everything) == len(PRODUCTS) * (3 * len(MOMENTS) + 1)


@pytest.mark.parametrize("wanted", SELECTIONS)
@pytest.mark.parametrize("limit", [1, 7, 200])
async def test_an_item_is_the_same_on_whichever_way_one_comes_to_it(
    engine: AsyncEngine, wanted: Selection, limit: int
) -> None:
    await given_history(Log(engine))
    whole = await reader(engine).stretch("main", EVERYTHING, after=0, limit=200)
    expected = [
        item for event, item in zip(whole.events, whole.items, strict=True) if wanted.takes(event)
    ]
    assert await walked(engine, wanted, limit=limit) == expected
    assert await walked(engine, wanted, limit=limit, folded_bytes=0) == expected


async def test_who_walks_through_a_log_has_each_event_folded_once(
    engine: AsyncEngine, folds: list[int]
) -> None:
    await given_history(Log(engine))
    items = await walked(engine, limit=5)
    assert sorted(folds) == [item.position for item in items]


async def test_no_more_is_folded_than_came_before(engine: AsyncEngine, folds: list[int]) -> None:
    log = Log(engine)
    await log.given(LAMP, registered, *(facts.ProductRenamed(name=str(n)) for n in range(50)))
    await log.given(DESK, registered)
    stretch = await reader(engine).stretch("main", EVERYTHING, after=10, limit=2)
    assert [item.version for item in stretch.items] == [11, 12]
    assert folds == list(range(1, 13))


async def test_long_streams_are_folded_in_portions(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch, folds: list[int]
) -> None:
    monkeypatch.setattr(telling, "READ_AT_ONCE", 7)
    monkeypatch.setattr(telling, "FOLDED_AT_ONCE", 3)
    await given_history(Log(engine))
    last = await walked(engine, Selection(since=MOMENTS[-1]), limit=200)
    assert [item.version for item in last if item.product_id == LAMP] == [11, 12, 13]
    assert sorted(folds) == list(range(1, len(PRODUCTS) * 13 + 1))


async def test_what_is_remembered_of_products_has_its_bounds() -> None:
    remembered = folded.FoldedProducts(3 * folded.FIXED_BYTES + 100)
    for product in PRODUCTS:
        known = folded.Folded(frozenset())
        known.version = 1
        remembered.keep("main", product, known)
    kept = [each for each in PRODUCTS if remembered.upto("main", each, 1, frozenset()).version]
    assert kept == PRODUCTS[-3:]
    assert remembered.upto("main", kept[0], 0, frozenset()).version == 0
    assert remembered.upto("main", kept[0], 1, frozenset({1})).version == 0
    assert remembered.upto("other", kept[0], 1, frozenset()).version == 0


async def test_an_event_that_was_discarded_meanwhile_changes_nothing_any_more(
    engine: AsyncEngine,
) -> None:
    log = Log(engine)
    await log.given(LAMP, registered)
    position = await log.given_stored(LAMP, TELEPORTED)
    await log.given(LAMP, facts.ProductRenamed(name="Sun"))
    reading = reader(engine)
    _, unread, behind = (await reading.stretch("main", EVERYTHING, after=0, limit=9)).items
    assert unread.changes_unknown
    assert behind.changes_unknown == unread.changes_unknown

    async with driver(engine) as connection:
        await connection.execute(
            "insert into projections.discarded values ('main', $1, $2, 'anna')", LAMP, position
        )

    _, left_out, behind = (await reading.stretch("main", EVERYTHING, after=0, limit=9)).items
    assert (left_out.discarded, left_out.changes, left_out.changes_unknown) == (True, [], None)
    assert (behind.discarded, [change.after for change in behind.changes]) == (False, ["Sun"])


async def test_a_product_that_nobody_can_read_has_no_sku(engine: AsyncEngine) -> None:
    await Log(engine).given_stored(LAMP, TELEPORTED)
    (item,) = (await reader(engine).stretch("main", EVERYTHING, after=0, limit=9)).items
    assert (item.product_id, item.sku) == (LAMP, None)


async def test_a_window_bounds_what_is_looked_at_but_for_a_product(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "WINDOW", 10)
    await given_history(Log(engine))
    reading = reader(engine)
    nobody = await reading.stretch("main", Selection(actor="nobody"), after=5, limit=9)
    assert (nobody.items, nobody.upto) == ([], 15)
    one = await reading.stretch("main", Selection(stream=PRODUCTS[-1]), after=5, limit=99)
    assert (len(one.items), one.upto) == (13, one.head)
    beyond = await reading.stretch("main", EVERYTHING, after=MANY, limit=9)
    assert (beyond.items, beyond.upto) == ([], MANY)


def long(number: int) -> facts.ProductDescribed:
    return facts.ProductDescribed(description=f"{number}".ljust(1_000, "x"))


async def test_a_stretch_ends_once_its_events_weigh_much(
    engine: AsyncEngine, folds: list[int]
) -> None:
    await Log(engine).given(LAMP, registered, *(long(number) for number in range(20)))
    reading, after, upto = reader(engine), 0, []
    while after < 21:
        stretch = await reading.stretch(
            "main", EVERYTHING, after=after, limit=50, limit_bytes=3_000
        )
        assert stretch.upto == stretch.events[-1].position == stretch.items[-1].position
        after = stretch.upto
        upto.append(after)
    assert upto == [4, 7, 10, 13, 16, 19, 21]
    assert folds == list(range(1, 22))
    one = await reading.stretch("main", EVERYTHING, after=20, limit=50, limit_bytes=1)
    assert (len(one.items), one.upto) == (1, 21)


async def test_what_came_before_is_read_in_portions_by_weight(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    portions: list[int] = []

    async def counted(
        connection: Connection, catalog: str, spans: Mapping[UUID, tuple[int, int]], limit: int
    ) -> list[Fact]:
        found = await read_spans(connection, catalog, spans, limit)
        portions.append(len(found))
        return found

    monkeypatch.setattr(telling, "read_spans", counted)
    monkeypatch.setattr(telling, "READ_AT_FIRST", 2)
    monkeypatch.setattr(telling, "READ_BYTES", 5_000)
    await Log(engine).given(LAMP, registered, *(long(number) for number in range(30)))
    await reader(engine).stretch("main", EVERYTHING, after=30, limit=1)
    assert sum(portions) == 30
    assert max(portions[2:]) < 5


async def test_who_walk_one_behind_the_other_have_each_event_folded_once_each(
    engine: AsyncEngine, folds: list[int]
) -> None:
    await Log(engine).given(LAMP, registered, *(long(number) for number in range(99)))
    reading = reader(engine)
    for after in range(0, 50, 10):
        for walker in (0, 50):
            await reading.stretch("main", EVERYTHING, after=after + walker, limit=10)
    assert len(folds) == 10 + 50 + 4 * 20


async def test_a_product_weighs_what_it_is_and_not_what_it_was(
    engine: AsyncEngine, folds: list[int]
) -> None:
    log = Log(engine)
    await log.given(DESK, facts.ProductRegistered(sku="DESK-1", name="Desk", attributes={}))
    await log.given(LAMP, registered, *(long(number) for number in range(99)))
    reading = reader(engine, folded_bytes=20_000)
    await walked_by(reading, upto=101)
    folds.clear()
    last = [await log.given(each, facts.ProductRenamed(name="new")) for each in (DESK, LAMP)]
    await walked_by(reading, after=101, upto=last[-1])
    assert folds == last


async def walked_by(reading: LogReader, *, upto: int, after: int = 0) -> None:
    while after < upto:
        after = (await reading.stretch("main", EVERYTHING, after=after, limit=50)).upto
