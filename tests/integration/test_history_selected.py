"""A history of only those events that somebody wants, each with what it changed all the same."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events import product as facts
from events.append import Append
from events.codec import encode
from events.selection import Selection
from queries.audit.changes import Change
from queries.errors import InvalidCursor
from tests.appends import appended
from tests.given import LAMP, TELEPORTED, Log, registered
from tests.histories import told
from tests.parking import discarded

MONDAY = datetime(2024, 1, 1, tzinfo=UTC)
RENAMES = Selection(stream=LAMP, types=("ProductRenamed",))


def day(number: int) -> datetime:
    return MONDAY + timedelta(days=number)


async def renamed(engine: AsyncEngine, name: str, *, actor: str, on: int) -> None:
    event = encode(facts.ProductRenamed(name=name))
    append = Append(
        stream_id=LAMP, events=[event], actor=actor, correlation_id="given", occurred_at=day(on)
    )
    await appended(engine, append)


@pytest.fixture(autouse=True)
async def lamp(engine: AsyncEngine) -> Log:
    """Renamed by Anna, by Bert, and by Anna; described in between."""
    log = Log(engine)
    await log.given(LAMP, registered, occurred_at=day(0))
    await renamed(engine, "Sun", actor="anna", on=1)
    await renamed(engine, "Star", actor="bert", on=2)
    await log.given(LAMP, facts.ProductDescribed(description="Bright"), occurred_at=day(3))
    await renamed(engine, "Moon", actor="anna", on=4)
    return log


async def versions(engine: AsyncEngine, **wanted: object) -> list[int]:
    selection = Selection(stream=LAMP, **wanted)  # type: ignore[arg-type]
    return [item.version for item in (await told(engine, selection)).items]


async def test_events_are_selected_by_type(engine: AsyncEngine) -> None:
    assert await versions(engine, types=("ProductDescribed",)) == [4]
    assert await versions(engine, types=("ProductDescribed", "ProductRegistered")) == [1, 4]
    assert await versions(engine, types=("Unheard",)) == []


async def test_events_are_selected_by_actor(engine: AsyncEngine) -> None:
    assert await versions(engine, actor="anna") == [2, 5]
    assert await versions(engine, actor="ann") == []


async def test_events_are_selected_by_when_they_occurred(engine: AsyncEngine) -> None:
    assert await versions(engine, since=day(2)) == [3, 4, 5]
    assert await versions(engine, until=day(2)) == [1, 2]
    assert await versions(engine, since=day(2), until=day(4)) == [3, 4]
    assert await versions(engine, since=day(2), until=day(4), actor="bert") == [3]


async def test_what_is_left_out_counts_for_what_changed(engine: AsyncEngine) -> None:
    (item,) = (await told(engine, Selection(stream=LAMP, actor="anna", since=day(4)))).items
    assert item.changes == [Change("name", "Star", "Moon")]
    assert item.sku == "LAMP-1"


async def test_pages_of_a_selection_go_on_under_appends(engine: AsyncEngine, lamp: Log) -> None:
    first = await told(engine, RENAMES, limit=2)
    assert [item.version for item in first.items] == [2, 3]
    await lamp.given(LAMP, facts.ProductRenamed(name="Lamp"))
    second = await told(engine, RENAMES, limit=2, cursor=first.next_cursor)
    assert [item.version for item in second.items] == [5, 6]
    assert second.next_cursor is None


async def test_a_page_ends_with_the_last_that_is_wanted(engine: AsyncEngine, lamp: Log) -> None:
    await lamp.given(LAMP, facts.ProductDescribed(description=None))
    assert (await told(engine, RENAMES, limit=3)).next_cursor is None
    assert (await told(engine, RENAMES, limit=2)).next_cursor


async def test_a_cursor_of_another_selection_is_refused(engine: AsyncEngine) -> None:
    cursor = (await told(engine, RENAMES, limit=1)).next_cursor
    for other in (
        Selection(stream=LAMP),
        Selection(stream=LAMP, types=("ProductRenamed", "ProductRegistered")),
        Selection(stream=LAMP, types=("ProductRenamed",), actor="anna"),
        Selection(stream=LAMP, types=("ProductRenamed",), since=day(0)),
    ):
        with pytest.raises(InvalidCursor):
            await told(engine, other, cursor=cursor)


async def test_what_was_discarded_changed_nothing_and_says_so(
    engine: AsyncEngine, lamp: Log
) -> None:
    position = await lamp.given_stored(LAMP, TELEPORTED)
    await lamp.given(LAMP, facts.ProductRenamed(name="Lamp"))
    assert (await told(engine, RENAMES)).items[-1].changes_unknown
    await discarded(engine, LAMP, position)
    *_, teleported, last = (await told(engine)).items
    assert (teleported.discarded, teleported.changes) == (True, [])
    assert teleported.changes_unknown is None
    assert (last.discarded, last.changes) == (False, [Change("name", "Moon", "Lamp")])
