"""Which price of a product held when, as its log tells."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events import product as facts
from events.errors import Undecodable
from events.product import ProductEvent
from queries.audit.price_history import (
    HeldPrice,
    LowestPrice,
    PriceHistory,
    Prices,
    lowest_price,
    price_history,
)
from queries.errors import InvalidCursor, LogDamaged
from tests.cursors import CURSORS
from tests.given import DESK, LAMP, TELEPORTED, Log, registered
from tests.parking import discarded
from tests.signing import rewritten

MONDAY = datetime(2024, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)
EUROS = Prices(LAMP, "EUR")


def day(number: int) -> datetime:
    return MONDAY + timedelta(days=number)


def euro(amount: int) -> ProductEvent:
    return facts.PriceSet(currency="EUR", amount=amount)


async def told(
    engine: AsyncEngine, wanted: Prices = EUROS, *, limit: int = 50, cursor: str | None = None
) -> PriceHistory:
    answer = await price_history(engine, CURSORS, "main", wanted, limit=limit, cursor=cursor)
    assert answer.value
    return answer.value


async def held(engine: AsyncEngine, wanted: Prices = EUROS) -> list[tuple[int, int, int | None]]:
    """Amounts, and the days between which they held."""
    return [
        (
            each.amount,
            (each.since - MONDAY).days,
            (each.until - MONDAY).days if each.until else None,
        )
        for each in (await told(engine, wanted)).items
    ]


async def lowest(engine: AsyncEngine, days: int, at: datetime) -> LowestPrice:
    answer = await lowest_price(engine, "main", LAMP, "EUR", days=days, at=at)
    assert answer.value
    return answer.value


async def given(engine: AsyncEngine, *events: ProductEvent | None) -> Log:
    """One each day, or none; the lamp was registered before the first."""
    log = Log(engine)
    await log.given(LAMP, registered, occurred_at=MONDAY)
    for number, event in enumerate(events):
        if event is not None:
            await log.given(LAMP, event, occurred_at=day(number))
    return log


async def test_a_price_comes_with_the_event_that_set_it(engine: AsyncEngine) -> None:
    await given(engine, euro(1999), facts.ProductPublished(), euro(5))
    (first, second) = (await told(engine)).items
    assert first == HeldPrice("EUR", 1999, "19.99", day(0), day(2), 2, 2, "tests")
    assert second == HeldPrice("EUR", 5, "0.05", day(2), None, 4, 4, "tests")


async def test_other_currencies_are_other_prices(engine: AsyncEngine) -> None:
    await given(engine, euro(5), facts.PriceSet(currency="JPY", amount=700), euro(7))
    assert await held(engine) == [(5, 0, 2), (7, 2, None)]
    (yen,) = (await told(engine, Prices(LAMP, "JPY"))).items
    assert (yen.currency, yen.decimal) == ("JPY", "700")
    assert (await told(engine, Prices(LAMP, "USD"))).items == []


async def test_a_removed_price_holds_no_longer(engine: AsyncEngine) -> None:
    await given(engine, euro(5), facts.PriceRemoved(currency="EUR"), None, euro(5))
    assert await held(engine) == [(5, 0, 1), (5, 3, None)]


@pytest.mark.parametrize("status", ["draft", "published"])
async def test_while_it_is_archived_a_product_is_not_offered(
    engine: AsyncEngine, status: facts.Unarchived
) -> None:
    await given(
        engine, euro(5), facts.ProductArchived(), None, facts.ProductRestored(status=status)
    )
    assert await held(engine) == [(5, 0, 1), (5, 3, None)]


async def test_a_draft_has_its_price(engine: AsyncEngine) -> None:
    await given(engine, euro(5), facts.ProductPublished(), facts.ProductUnpublished())
    assert await held(engine) == [(5, 0, None)]


async def test_what_held_in_a_range_is_told_whole(engine: AsyncEngine) -> None:
    await given(engine, euro(1), euro(2), euro(3), euro(4))
    for since, until, amounts in (
        (None, None, [1, 2, 3, 4]),
        (1, None, [2, 3, 4]),
        (None, 2, [1, 2]),
        (1, 2, [2]),
        (9, None, [4]),
        (2, 2, []),
        (3, 1, []),
    ):
        ends = [None if end is None else day(end) for end in (since, until)]
        assert [amount for amount, *_ in await held(engine, Prices(LAMP, "EUR", *ends))] == amounts
    assert await held(engine, Prices(LAMP, "EUR", day(1), day(2))) == [(2, 1, 2)]


async def test_pages_end_where_the_prices_do_and_go_on_under_appends(engine: AsyncEngine) -> None:
    log = await given(engine, euro(1), euro(2), euro(3))
    first = await told(engine, limit=2)
    assert [each.amount for each in first.items] == [1, 2]
    await log.given(LAMP, euro(4))
    second = await told(engine, limit=2, cursor=first.next_cursor)
    assert [each.amount for each in second.items] == [3, 4]
    assert second.next_cursor is None


async def test_a_cursor_is_of_use_to_its_question_alone(engine: AsyncEngine) -> None:
    log = await given(engine, euro(1), euro(2))
    await log.given(DESK, registered)
    cursor = (await told(engine, limit=1)).next_cursor
    for other in (Prices(DESK, "EUR"), Prices(LAMP, "JPY"), Prices(LAMP, "EUR", since=day(0))):
        with pytest.raises(InvalidCursor):
            await told(engine, other, cursor=cursor)


async def test_the_lowest_price_comes_with_its_window(engine: AsyncEngine) -> None:
    await given(engine, euro(9), euro(7), euro(8), euro(3))
    assert await lowest(engine, 2, day(3)) == LowestPrice(
        "EUR", 2, day(3), day(1), HeldPrice("EUR", 7, "0.07", day(1), day(2), 3, 3, "tests")
    )


async def test_without_an_offer_in_the_window_there_is_no_lowest(engine: AsyncEngine) -> None:
    await given(engine, euro(9), facts.ProductArchived())
    assert (await lowest(engine, 1, day(2))).lowest is None
    found = (await lowest(engine, 2, day(2))).lowest
    assert found
    assert found.amount == 9


async def test_a_window_may_begin_before_all_time(engine: AsyncEngine) -> None:
    await given(engine, euro(9))
    dawn = datetime(1, 1, 2, tzinfo=UTC)
    found = await lowest(engine, 3_650, dawn)
    assert (found.since, found.lowest) == (datetime(1, 1, 1, tzinfo=UTC), None)


async def test_prices_of_nobody_are_none_as_of_the_whole_log(engine: AsyncEngine) -> None:
    await given(engine, euro(9))
    wanted = msgspec.structs.replace(EUROS, product=DESK)
    answer = await price_history(engine, CURSORS, "main", wanted, limit=1, cursor=None)
    assert (answer.value, answer.position) == (None, 2)
    nothing = await lowest_price(engine, "main", DESK, "EUR", days=1, at=day(1))
    assert (nothing.value, nothing.position) == (None, 2)


async def test_time_that_goes_back_stands_still(engine: AsyncEngine) -> None:
    await given(engine, None, None, euro(5), euro(7), euro(9))
    await rewritten(
        engine,
        "events",
        "update event_store.events set occurred_at = $1 where version = 3",
        day(1),
    )
    assert await held(engine) == [(7, 2, 4), (9, 4, None)]


@pytest.fixture
async def teleported(engine: AsyncEngine) -> int:
    """The position of what nobody can read: it occurred on day 3."""
    log = await given(engine, euro(9), euro(7))
    return await log.given_stored(LAMP, TELEPORTED, occurred_at=day(3))


@pytest.mark.usefixtures("teleported")
async def test_what_can_t_be_read_may_have_changed_a_price(engine: AsyncEngine) -> None:
    for until in (None, day(3) + TICK):
        with pytest.raises(Undecodable):
            await told(engine, Prices(LAMP, "EUR", until=until))
    with pytest.raises(Undecodable):
        await lowest(engine, 1, day(3) + TICK)


@pytest.mark.usefixtures("teleported")
async def test_prices_before_it_are_known_as_far_as_it(engine: AsyncEngine) -> None:
    assert await held(engine, Prices(LAMP, "EUR", until=day(3))) == [(9, 0, 1), (7, 1, 3)]
    found = (await lowest(engine, 1, day(3))).lowest
    assert found
    assert (found.amount, found.until) == (7, day(3))


async def test_of_what_was_discarded_a_price_goes_on(engine: AsyncEngine, teleported: int) -> None:
    await discarded(engine, LAMP, teleported)
    assert await held(engine) == [(9, 0, 1), (7, 1, None)]


async def test_with_an_event_missing_no_price_is_certain(engine: AsyncEngine) -> None:
    await given(engine, euro(9), euro(7), euro(8))
    await rewritten(engine, "events", "delete from event_store.events where version = 3")
    for ask in (told(engine), lowest(engine, 1, day(1))):
        with pytest.raises(LogDamaged) as refused:
            await ask
        assert refused.value.members == {"missing": f"version 3 of product {LAMP}"}
