"""What differs between two places of a product's history."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events import product as facts
from events.errors import Undecodable, UnknownVersion
from queries.audit.changes import Change
from queries.audit.diff import Diff, End, diff
from queries.audit.stand import Place
from queries.errors import LogDamaged
from tests.given import DESK, LAMP, TELEPORTED, Log, registered
from tests.parking import discarded
from tests.signing import rewritten

MONDAY = datetime(2024, 1, 1, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)
TICK = timedelta(microseconds=1)
EURO = {"currency": "EUR", "amount": 1999, "decimal": "19.99"}


async def found(engine: AsyncEngine, before: Place, after: Place = None) -> Diff:
    answer = await diff(engine, "main", LAMP, before, after)
    assert answer.value
    return answer.value


@pytest.fixture(autouse=True)
async def lamp(engine: AsyncEngine) -> Log:
    log = Log(engine)
    await log.given(LAMP, registered, occurred_at=MONDAY)
    await log.given(
        LAMP,
        facts.ProductRenamed(name="Sun"),
        facts.PriceSet(currency="EUR", amount=1999),
        facts.AttributesChanged(assigned={"color": "red"}),
        occurred_at=TUESDAY,
    )
    return log


async def test_only_what_came_of_all_between_is_told(engine: AsyncEngine) -> None:
    assert await found(engine, 1, 4) == Diff(
        End(1, MONDAY),
        End(4, TUESDAY),
        [
            Change("name", "Lamp", "Sun"),
            Change("attributes.color", None, "red"),
            Change("prices.EUR", None, EURO),
        ],
    )


async def test_backwards_it_is_what_would_lead_back(engine: AsyncEngine) -> None:
    there, back = await found(engine, 1, 4), await found(engine, 4, 1)
    turned = [Change(each.field, each.after, each.before) for each in there.changes]
    assert sorted(back.changes, key=lambda each: each.field) == sorted(
        turned, key=lambda each: each.field
    )
    assert (back.before, back.after) == (there.after, there.before)


async def test_before_the_first_event_there_was_nothing(engine: AsyncEngine) -> None:
    for before in (0, MONDAY - TICK):
        since = await found(engine, before, 1)
        assert since.before == End(0, None)
        assert [each.field for each in since.changes] == ["sku", "name", "status"]
        assert all(each.before is None for each in since.changes)


async def test_a_moment_is_the_version_of_then_and_no_end_is_now(engine: AsyncEngine) -> None:
    assert await found(engine, MONDAY) == await found(engine, 1, 4)
    assert await found(engine, TUESDAY - TICK, TUESDAY) == await found(engine, 1, 4)


async def test_a_place_does_not_differ_from_itself(engine: AsyncEngine) -> None:
    same = await found(engine, 2, 2)
    assert (same.before, same.changes) == (same.after, [])
    assert (await found(engine, 0, 0)).changes == []


async def test_what_is_one_and_what_is_true_differ(engine: AsyncEngine, lamp: Log) -> None:
    for value in (1, True):
        await lamp.given(LAMP, facts.AttributesChanged(assigned={"on": value}))
    assert (await found(engine, 5, 6)).changes == [Change("attributes.on", before=1, after=True)]


async def test_an_unknown_version_is_refused_at_either_end(engine: AsyncEngine) -> None:
    for ends in ((5, None), (1, 5)):
        with pytest.raises(UnknownVersion):
            await found(engine, *ends)


async def test_nobody_s_history_has_no_difference(engine: AsyncEngine) -> None:
    answer = await diff(engine, "main", DESK, 0, None)
    assert (answer.value, answer.position) == (None, 4)


async def test_beyond_what_can_t_be_read_nobody_knows(engine: AsyncEngine, lamp: Log) -> None:
    position = await lamp.given_stored(LAMP, TELEPORTED)
    with pytest.raises(Undecodable):
        await found(engine, 1)
    assert (await found(engine, 1, 2)).changes == [Change("name", "Lamp", "Sun")]
    await discarded(engine, LAMP, position)
    assert (await found(engine, 4, 5)).changes == []


async def test_with_an_event_missing_no_difference_is_certain(engine: AsyncEngine) -> None:
    await rewritten(engine, "events", "delete from event_store.events where version = 3")
    for ends in ((1, 3), (4, 1), (0, None)):
        with pytest.raises(LogDamaged):
            await found(engine, *ends)
    assert (await found(engine, 1, 2)).changes == [Change("name", "Lamp", "Sun")]
