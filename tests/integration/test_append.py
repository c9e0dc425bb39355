from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events.append import (
    Appended,
    ClaimTaken,
    Idempotent,
    KeyReused,
    Replayed,
    VersionMismatch,
    find_receipt,
)
from events.codec import Encoded
from events.database import driver
from events.log import read_heads
from tests.appends import NEW, appended, asked, leaving, logged, renamed, taking
from tests.given import opened

LAMP, DESK, SOFA = UUID(int=1), UUID(int=2), UUID(int=3)


async def test_events_are_appended_together(engine: AsyncEngine) -> None:
    assert await appended(engine, asked(LAMP, renamed, renamed, expected=NEW)) == [
        Appended(LAMP, 2, 2)
    ]
    assert await appended(engine, asked(LAMP, renamed, expected=2)) == [Appended(LAMP, 3, 3)]


async def test_an_append_that_expects_another_version_is_refused(engine: AsyncEngine) -> None:
    assert await appended(engine, asked(LAMP, expected=7)) == [VersionMismatch(0)]
    await appended(engine, asked(LAMP, renamed, renamed))
    assert await appended(engine, asked(LAMP, expected=1)) == [VersionMismatch(2)]
    assert await appended(engine, asked(LAMP, expected=NEW)) == [VersionMismatch(2)]
    assert await appended(engine, asked(LAMP, expected=None)) == [Appended(LAMP, 3, 3)]


async def test_a_key_that_came_before_is_answered_as_before(engine: AsyncEngine) -> None:
    await appended(engine, asked(LAMP, renamed, renamed, key="k", expected=NEW))
    again = asked(DESK, key="k", expected=NEW)
    assert await appended(engine, again) == [Replayed(LAMP, 2, 2)]
    assert await appended(engine, asked(LAMP, key="k", request=b"other")) == [KeyReused()]
    assert len(await logged(engine)) == 2


async def test_a_refused_append_keeps_no_key(engine: AsyncEngine) -> None:
    assert await appended(engine, asked(LAMP, key="k", expected=7)) == [VersionMismatch(0)]
    assert await appended(engine, asked(LAMP, key="k", request=b"other")) == [Appended(LAMP, 1, 1)]


async def test_a_receipt_is_found_by_its_key(engine: AsyncEngine) -> None:
    await appended(engine, asked(LAMP, key="k"))
    async with driver(engine) as connection:
        keyed = Idempotent(key="k", request_digest=b"request")
        assert await find_receipt(connection, "main", keyed) == Replayed(LAMP, 1, 1)
        other = Idempotent(key="k", request_digest=b"other")
        assert await find_receipt(connection, "main", other) == KeyReused()
        unknown = Idempotent(key="l", request_digest=b"request")
        assert await find_receipt(connection, "main", unknown) is None


async def test_appends_of_a_call_see_what_came_before_them(engine: AsyncEngine) -> None:
    outcomes = await appended(
        engine,
        asked(LAMP, claims=taking("LAMP-1"), key="k", expected=NEW),
        asked(LAMP, expected=1),
        asked(LAMP, expected=1),
        asked(DESK, claims=taking("LAMP-1")),
        asked(SOFA, key="k"),
        asked(LAMP, claims=leaving("LAMP-1")),
        asked(DESK, claims=taking("LAMP-1"), expected=NEW),
    )
    assert outcomes == [
        Appended(LAMP, 1, 1),
        Appended(LAMP, 2, 2),
        VersionMismatch(2),
        ClaimTaken("sku", "LAMP-1", LAMP),
        Replayed(LAMP, 1, 1),
        Appended(LAMP, 3, 3),
        Appended(DESK, 1, 4),
    ]


async def test_a_refused_append_does_not_fail_its_neighbours(engine: AsyncEngine) -> None:
    await appended(engine, asked(LAMP, claims=taking("LAMP-1"), key="k"))
    others = [UUID(int=number) for number in range(10, 15)]
    outcomes = await appended(
        engine,
        asked(others[0], renamed, renamed),
        asked(DESK, expected=3),
        asked(others[1]),
        asked(DESK, claims=taking("LAMP-1"), key="l"),
        asked(others[2]),
        asked(SOFA, key="k"),
        asked(others[3]),
        asked(SOFA, key="k", request=b"other"),
        asked(others[4]),
    )
    assert [outcome for outcome in outcomes if isinstance(outcome, Appended)] == [
        Appended(other, version, position)
        for other, version, position in zip(others, [2, 1, 1, 1, 1], [3, 4, 5, 6, 7], strict=True)
    ]
    assert [event.position for event in await logged(engine)] == list(range(1, 8))


async def test_business_time_stays_between_the_last_event_and_now(engine: AsyncEngine) -> None:
    monday, tuesday = datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 1, 6, tzinfo=UTC)
    await appended(engine, asked(LAMP, occurred_at=tuesday))
    await appended(engine, asked(LAMP, occurred_at=monday))
    await appended(engine, asked(DESK, occurred_at=monday))
    await appended(engine, asked(LAMP, occurred_at=datetime.now(UTC) + timedelta(days=9)))
    await appended(engine, asked(LAMP))
    first, earlier, other, future, unsaid = await logged(engine)
    assert (first.occurred_at, earlier.occurred_at) == (tuesday, tuesday)
    assert other.occurred_at == monday
    assert future.occurred_at == future.recorded_at
    assert unsaid.occurred_at == unsaid.recorded_at


async def test_each_catalog_counts_for_itself(engine: AsyncEngine) -> None:
    await opened(engine, "outlet")
    await appended(engine, asked(LAMP, claims=taking("LAMP-1"), key="k"))
    here = asked(LAMP, claims=taking("LAMP-1"), key="k", expected=NEW)
    assert await appended(engine, here, catalog="outlet") == [Appended(LAMP, 1, 1)]
    async with driver(engine) as connection:
        assert await read_heads(connection) == {"main": 1, "outlet": 1}


async def test_an_unknown_catalog_is_an_error(engine: AsyncEngine) -> None:
    with pytest.raises(asyncpg.NoDataFoundError, match="no catalog nowhere"):
        await appended(engine, asked(), catalog="nowhere")


async def test_a_failed_call_leaves_nothing(engine: AsyncEngine) -> None:
    with pytest.raises(asyncpg.DataError):
        await appended(
            engine, asked(claims=taking("A"), key="k"), asked(LAMP, Encoded("X", 1, "{no json"))
        )
    assert await logged(engine) == []
    assert await appended(engine, asked(DESK, claims=taking("A"), key="k")) == [
        Appended(DESK, 1, 1)
    ]
