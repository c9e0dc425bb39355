"""An event that occurred at no possible time hides nothing of what else is known of its product."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from cli.replays.part import Asked, find_part
from cli.replays.states import states
from events import walk
from events.errors import Undecodable
from events.product import PriceSet, ProductRenamed
from queries.audit.diff import diff
from queries.audit.past import product_at
from queries.audit.price_history import Prices, lowest_price, price_history
from queries.audit.then import products_then
from tests.cursors import CURSORS
from tests.given import LAMP, Log, registered
from tests.impossible_times import NEVER, dated
from tests.parking import discarded

MONDAY = datetime(2024, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def day(number: int) -> datetime:
    return MONDAY + timedelta(days=number)


@pytest.fixture(params=NEVER)
async def never(engine: AsyncEngine, request: pytest.FixtureRequest) -> int:
    """The position of the lamp's second event; it was priced on day 2, and renamed on day 3."""
    log = Log(engine)
    await log.given(LAMP, registered, occurred_at=day(0))
    position = await log.given(LAMP, ProductRenamed(name="Sun"), occurred_at=day(1))
    await log.given(LAMP, PriceSet(currency="EUR", amount=5), occurred_at=day(2))
    await log.given(LAMP, ProductRenamed(name="Moon"), occurred_at=day(3))
    await dated(engine, position, "occurred_at", request.param)
    return position


async def name_and_version(engine: AsyncEngine, moment: datetime) -> tuple[str, int] | None:
    found = (await product_at(engine, "main", LAMP, moment)).value
    return (found.name, found.version) if found else None


async def test_discarded_it_is_a_version_of_the_moment_before(
    engine: AsyncEngine, never: int
) -> None:
    await discarded(engine, LAMP, never)
    assert await name_and_version(engine, day(0) - TICK) is None
    assert await name_and_version(engine, day(2) - TICK) == ("Lamp", 2)
    assert await name_and_version(engine, day(3) - TICK) == ("Lamp", 3)
    assert await name_and_version(engine, day(9)) == ("Moon", 4)
    told = (await diff(engine, "main", LAMP, 2, 3)).value
    assert told
    assert (told.before.occurred_at, told.after.occurred_at) == (day(0), day(2))


async def test_discarded_it_hides_no_price(engine: AsyncEngine, never: int) -> None:
    await discarded(engine, LAMP, never)
    prices = Prices(LAMP, "EUR")
    history = (await price_history(engine, CURSORS, "main", prices, limit=9, cursor=None)).value
    assert history
    assert [(each.amount, each.since, each.until) for each in history.items] == [(5, day(2), None)]
    told = (await lowest_price(engine, "main", LAMP, "EUR", days=30, at=day(9))).value
    assert told
    assert told.lowest == history.items[0]


async def test_discarded_it_ends_no_replay(engine: AsyncEngine, never: int) -> None:
    await discarded(engine, LAMP, never)
    until = day(3) - TICK
    async with walk.moment(engine) as connection:
        found = [each async for page in products_then(connection, "main", until) for each in page]
    assert [(each.document.name, each.document.version) for each in found] == [("Lamp", 3)]
    part = await find_part(engine, Asked("main", str(LAMP), None, until, (), None))
    versions = [state.document.version async for state in states(engine, part, LAMP)]
    assert versions == [1, 2, 3]


@pytest.mark.usefixtures("never")
async def test_not_discarded_it_may_have_changed_whatever_came_behind(engine: AsyncEngine) -> None:
    assert await name_and_version(engine, day(0) - TICK) is None
    for moment in (day(0), day(2), day(9)):
        with pytest.raises(Undecodable):
            await name_and_version(engine, moment)
        with pytest.raises(Undecodable):
            await lowest_price(engine, "main", LAMP, "EUR", days=1, at=moment + TICK)
    assert (await lowest_price(engine, "main", LAMP, "EUR", days=1, at=day(0))).value
