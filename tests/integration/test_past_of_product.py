"""A product as it was at a version or a moment: what was read of it then."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from commands.claims import SKU
from events.append import Claim
from events.codec import encode as stored
from events.database import create_engine, driver
from events.errors import Undecodable, UnknownVersion
from events.log import FACTS_AT_ONCE
from events.product import ProductEvent, ProductRenamed
from projections.document import ProductDocument, encode
from queries.audit.past import product_at
from queries.audit.stand import Place
from queries.errors import LogDamaged
from tests.appends import appended, asked, taking
from tests.given import DESK, LAMP, TELEPORTED, Log, opened, projected, registered
from tests.logins import login
from tests.parking import discarded
from tests.product_events import changes, registrations
from tests.signing import rewritten

MONDAY = datetime(2024, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)
SUN, STAR = ProductRenamed(name="Sun"), ProductRenamed(name="Star")
numbers = count()


def day(number: int) -> datetime:
    return MONDAY + timedelta(days=number)


async def lamp(
    engine: AsyncEngine, place: Place, *, key: UUID | Claim = LAMP, catalog: str = "main"
) -> ProductDocument | None:
    return (await product_at(engine, catalog, key, place)).value


async def name(engine: AsyncEngine, place: Place) -> str | None:
    found = await lamp(engine, place)
    return found.name if found else None


async def read_now(engine: AsyncEngine, catalog: str) -> bytes:
    async with driver(engine) as connection:
        document: str = await connection.fetchval(
            "select document::text from read.product_details where catalog_id = $1", catalog
        )
    return document.encode()


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(first=registrations("LAMP-1"), others=st.lists(changes, max_size=6))
async def test_it_is_what_was_read_then(
    engine: AsyncEngine, first: ProductEvent, others: Sequence[ProductEvent]
) -> None:
    log = await opened(engine, f"log-{next(numbers)}")
    read = []
    for number, event in enumerate([first, *others]):
        await log.given(LAMP, event, occurred_at=day(number))
        await projected(engine, log.catalog)
        read.append(await read_now(engine, log.catalog))

    for version, then in enumerate(read, 1):
        for place in (version, day(version - 1), day(version) - TICK):
            found = await lamp(engine, place, catalog=log.catalog)
            assert found
            assert encode(found) == then


@pytest.fixture
async def renamed(engine: AsyncEngine) -> int:
    """The last position of a lamp that was renamed on Tuesday, and twice at once on Wednesday."""
    log = Log(engine)
    await log.given(LAMP, registered, occurred_at=day(0))
    await log.given(LAMP, SUN, occurred_at=day(1))
    return await log.given(LAMP, STAR, SUN, occurred_at=day(2))


@pytest.mark.usefixtures("renamed")
async def test_a_moment_knows_all_that_had_occurred_by_then(engine: AsyncEngine) -> None:
    assert await name(engine, day(0) - TICK) is None
    assert await name(engine, day(0)) == "Lamp"
    assert await name(engine, day(1) - TICK) == "Lamp"
    assert await name(engine, day(1)) == "Sun"
    then = await lamp(engine, day(2))
    assert then
    assert (then.version, then.name, then.updated_at) == (4, "Sun", day(2))
    assert await lamp(engine, datetime.max.replace(tzinfo=UTC)) == then


@pytest.mark.usefixtures("renamed")
async def test_a_version_is_between_those_of_one_moment(engine: AsyncEngine) -> None:
    assert await name(engine, 3) == "Star"


async def test_a_version_that_is_still_to_come_is_refused(
    engine: AsyncEngine, renamed: int
) -> None:
    with pytest.raises(UnknownVersion) as refused:
        await lamp(engine, renamed + 1)
    assert refused.value.members == {"current_version": 4}


async def test_nobody_s_past_is_nothing_as_of_the_whole_log(
    engine: AsyncEngine, renamed: int
) -> None:
    for key in (DESK, Claim(kind=SKU, value="DESK-1")):
        answer = await product_at(engine, "main", key, 1)
        assert (answer.value, answer.position) == (None, renamed)
    assert (await product_at(engine, "elsewhere", LAMP, 1)).position == 0


async def test_a_product_is_found_by_its_sku(engine: AsyncEngine) -> None:
    await appended(engine, asked(LAMP, stored(registered), claims=taking("LAMP-1")))
    found = await lamp(engine, 1, key=Claim(kind=SKU, value="LAMP-1"))
    assert found
    assert found.id == LAMP


async def test_the_query_side_may_look_all_of_it_up(engine: AsyncEngine, database_url: str) -> None:
    await appended(engine, asked(LAMP, stored(registered), claims=taking("LAMP-1")))
    async with login(database_url, "catalog_query") as url:
        reader = create_engine(url, pool_size=1, application="catalog-tests")
        try:
            assert await lamp(reader, day(9_999), key=Claim(kind=SKU, value="LAMP-1"))
        finally:
            await reader.dispose()


@pytest.mark.parametrize("beyond", [-1, 0, 1])
async def test_long_streams_are_folded_whole(engine: AsyncEngine, beyond: int) -> None:
    versions = FACTS_AT_ONCE + beyond
    names = [ProductRenamed(name=f"Lamp {version}") for version in range(2, versions + 4)]
    await Log(engine).given(LAMP, registered, *names)
    for version in (versions, versions + 1, versions + 3):
        assert await name(engine, version) == f"Lamp {version}"


async def test_what_can_t_be_read_is_refused_from_there_on(engine: AsyncEngine) -> None:
    log = Log(engine)
    await log.given(LAMP, registered)
    position = await log.given_stored(LAMP, TELEPORTED)
    await log.given(LAMP, SUN)
    assert await name(engine, 1) == "Lamp"
    for place in (2, 3, None):
        with pytest.raises(Undecodable) as refused:
            await lamp(engine, place)
        assert refused.value.members["position"] == position
        assert refused.value.members["event_version"] == 2


async def test_what_could_not_have_been_decided_is_refused(engine: AsyncEngine) -> None:
    await Log(engine).given(LAMP, SUN)
    with pytest.raises(Undecodable) as refused:
        await lamp(engine, 1)
    assert refused.value.members["reason"] == "no product was registered before it"


async def test_what_was_discarded_counts_as_a_version_and_no_more(engine: AsyncEngine) -> None:
    log = Log(engine)
    await log.given(LAMP, registered, occurred_at=day(0))
    position = await log.given_stored(LAMP, TELEPORTED)
    await log.given(LAMP, SUN)
    await discarded(engine, LAMP, position)
    then = await lamp(engine, 2)
    assert then
    assert (then.name, then.version, then.updated_at) == ("Lamp", 2, day(0))
    assert await name(engine, 3) == "Sun"


async def test_before_the_first_that_is_not_discarded_there_is_nothing(
    engine: AsyncEngine,
) -> None:
    log = Log(engine)
    await discarded(engine, LAMP, await log.given_stored(LAMP, TELEPORTED))
    await log.given(LAMP, registered)
    assert await name(engine, 1) is None
    assert await name(engine, 2) == "Lamp"


@pytest.mark.usefixtures("renamed")
async def test_where_a_damaged_log_goes_back_in_time_a_moment_is_a_beginning_still(
    engine: AsyncEngine,
) -> None:
    await rewritten(
        engine,
        "events",
        "update event_store.events set occurred_at = $1 where version = 3",
        day(0),
    )
    assert await name(engine, day(0)) == "Lamp"
    assert await name(engine, day(1)) == "Star"


async def test_a_version_that_is_missing_is_told_and_all_beyond_it(engine: AsyncEngine) -> None:
    await Log(engine).given(LAMP, registered, SUN, STAR, SUN)
    await rewritten(engine, "events", "delete from event_store.events where version in (2, 3)")
    assert await name(engine, 1) == "Lamp"
    for place in (2, 3, 4, None):
        with pytest.raises(LogDamaged) as refused:
            await name(engine, place)
        assert refused.value.members == {"missing": f"version 2 of product {LAMP}"}


async def test_so_is_one_at_the_end_of_a_portion(engine: AsyncEngine) -> None:
    names = [ProductRenamed(name=f"Lamp {version}") for version in range(2, FACTS_AT_ONCE + 3)]
    await Log(engine).given(LAMP, registered, *names)
    for missing in (FACTS_AT_ONCE + 1, FACTS_AT_ONCE):
        await rewritten(
            engine, "events", "delete from event_store.events where version = $1", missing
        )
        with pytest.raises(LogDamaged) as refused:
            await name(engine, None)
        assert refused.value.members == {"missing": f"version {missing} of product {LAMP}"}
