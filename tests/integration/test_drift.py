"""Read tables that somebody changed past the log are found, stand still, and are folded again."""

from collections.abc import AsyncIterator, Sequence
from uuid import UUID

import msgspec
import pytest
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from events.database import driver
from events.nudge import connect
from events.product import Attributes, PriceSet, ProductPublished, ProductRegistered, ProductRenamed
from events.walk import moment
from projections.drift import Place, check
from projections.drifted import park_drifted
from projections.generations import FIRST
from projections.leases import LeaseLost
from projections.projector import project
from tests.eventually import eventually
from tests.given import (
    DESK,
    LAMP,
    TELEPORTED,
    Log,
    checkpoint,
    held,
    opened,
    projected,
    registered,
    rows,
)
from tests.interventions import kept, requested
from tests.parking import discarded, parked, places, retried
from tests.projectors import measured, running
from tests.reading import read
from tests.rebuilding import executed, rebuilt
from tests.shelf import put, shelf
from tests.tampering import DEEDS, NOBODY, YESTERDAY, Deed
from workers.drifting import SAMPLE, check_all, check_catalog
from workers.schedule import check_drift

PLACE = Place("main", FIRST)
desk = ProductRegistered(sku="DESK-1", name="Desk", attributes={})
NEXT = 6
"""Where the log goes on after the first five events."""
sun = ProductRenamed(name="Sun")
moon = ProductRenamed(name="Moon")
price = PriceSet(currency="EUR", amount=1)
WRONG = "update only read_1.product_prices set amount = 7 where product_id = $1"
STEMLESS = """
create or replace function projections.lexemes(language text, searched text, accented text[])
returns tsvector language sql immutable parallel safe as $$ select ''::tsvector $$
"""


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with connect(redis_url) as client:
        yield client


@pytest.fixture(autouse=True)
async def log(engine: AsyncEngine) -> Log:
    log = Log(engine)
    await log.given(DESK, desk, price)
    await log.given(LAMP, registered, price, occurred_at=YESTERDAY)
    await log.given(LAMP, ProductPublished())
    await projected(engine)
    return log


async def drifted(engine: AsyncEngine, *products: UUID) -> dict[UUID, Sequence[str]]:
    """The tables that are not what the log says, by product."""
    async with moment(engine) as connection:
        checked = await check(connection, PLACE, products)
    return {each.product_id: each.drifted for each in checked}


def counted(name: str, **labels: str) -> float:
    return measured(name, catalog="main", **labels) or 0


async def test_what_postgresql_would_compute_otherwise_now_has_drifted(engine: AsyncEngine) -> None:
    assert await drifted(engine, LAMP, DESK) == {LAMP: [], DESK: []}
    await executed(engine, STEMLESS)
    assert await drifted(engine, DESK) == {DESK: ["product_search"]}


@pytest.mark.parametrize("deed", DEEDS, ids=str)
async def test_it_is_found_told_and_parked_and_folded_again(
    engine: AsyncEngine, redis: Redis, deed: Deed
) -> None:
    right = await rows(engine)
    await executed(engine, deed.statement)
    checked, found = counted("drift_checked_total"), counted("drift_total", where="tables")

    with capture_logs() as told:
        await check_catalog(engine, redis, PLACE, SAMPLE)

    (parking,) = await parked(engine)
    assert (parking.product_id, parking.position) == (deed.product, NEXT)
    assert parking.reason == f"drift: {deed.table} did not say what the log says"
    assert counted("drift_checked_total") == checked + 2 + (deed.product == NOBODY)
    assert counted("drift_total", where="tables") == found + 1
    (line,) = [each for each in told if each["event"] == "drift_found"]
    assert (line["log_level"], line["catalog"], line["where"]) == ("error", "main", "tables")
    assert (line["product_id"], line["differing"]) == (str(deed.product), [deed.table])

    await check_catalog(engine, redis, PLACE, SAMPLE)
    assert counted("drift_total", where="tables") == found + 1
    await retried(engine, deed.product)
    assert (await rows(engine), await parked(engine)) == (right, [])
    assert await drifted(engine, LAMP, DESK, NOBODY) == {LAMP: [], DESK: [], NOBODY: []}


async def test_all_that_is_wrong_of_a_product_is_told_at_once(engine: AsyncEngine) -> None:
    for table in ("product_prices", "product_details"):
        await executed(engine, f"delete from only read_1.{table}")
    wrong = ["product_details", "product_prices"]
    assert await drifted(engine, LAMP, DESK) == {LAMP: wrong, DESK: wrong}


async def test_what_is_shown_says_that_it_stands_still(engine: AsyncEngine, redis: Redis) -> None:
    await executed(engine, WRONG, LAMP)
    await check_catalog(engine, redis, PLACE, SAMPLE)
    found = await read(engine, redis)
    assert found.value
    document = msgspec.json.decode(found.value.body)
    assert (document["name"], document["parked"]) == ("Lamp", {"position": NEXT})
    assert (found.stands_still, found.position) == (True, NEXT - 1)
    assert await drifted(engine, LAMP) == {}


async def test_who_applies_the_catalog_goes_on_without_it(
    engine: AsyncEngine, redis: Redis, log: Log
) -> None:
    """What was prepared before may be of the product, and is not written."""
    await executed(engine, WRONG, LAMP)
    async with driver(engine) as connection:
        lease = await held(connection)
        await log.given(LAMP, sun)
        await check_catalog(engine, redis, PLACE, SAMPLE)
        with pytest.raises(LeaseLost):
            await project(connection, lease, lease.checkpoint, 10)
    await log.given(DESK, sun)
    (batch,) = await projected(engine)
    assert [change.stream_id for change in batch.changes] == [DESK]
    assert await places(engine) == [(LAMP, NEXT)]


@pytest.mark.parametrize("product", [LAMP, NOBODY])
async def test_an_operator_has_it_folded_again(
    engine: AsyncEngine, redis: Redis, product: UUID
) -> None:
    right = await rows(engine)
    deed = next(each for each in DEEDS if each.product == product)
    await executed(engine, deed.statement)
    async with running(engine, redis):
        await check_catalog(engine, redis, PLACE, SAMPLE)
        await requested(engine, product, "refold")

        async def is_done() -> bool:
            (intervention,) = await kept(engine)
            return intervention.finished_at is not None

        await eventually(is_done)
    assert (await rows(engine), await parked(engine)) == (right, [])


async def test_no_worker_makes_an_operator_overlook_it(
    engine: AsyncEngine, redis: Redis, log: Log
) -> None:
    """What is shown is right meanwhile, up to where it stands."""
    right = await rows(engine)
    async with running(engine, redis, lease_seconds=5):
        head = await log.given(DESK, sun)
        await eventually(lambda: stands_at(engine, head))
        await executed(engine, WRONG, LAMP)
        await check_catalog(engine, redis, PLACE, SAMPLE)
        head = await log.given(DESK, moon)
        await eventually(lambda: stands_at(engine, head))
    assert await places(engine) == [(LAMP, NEXT + 1)]
    assert (await rows(engine))["product_prices"] == right["product_prices"]


async def stands_at(engine: AsyncEngine, head: int) -> bool:
    return await checkpoint(engine) == head


async def test_what_was_put_right_meanwhile_is_left_alone(engine: AsyncEngine) -> None:
    async with driver(engine) as connection:
        assert await park_drifted(connection, PLACE, LAMP) is None
        await executed(engine, WRONG, LAMP)
        assert await park_drifted(connection, PLACE, LAMP)
        assert await park_drifted(connection, PLACE, LAMP) is None


async def test_a_generation_that_is_read_no_more_is_left_alone(engine: AsyncEngine) -> None:
    await executed(engine, WRONG, LAMP)
    await rebuilt(engine, accept_differences=True)
    async with driver(engine) as connection:
        assert await park_drifted(connection, PLACE, LAMP) is None
    assert await parked(engine) == []


async def test_what_is_right_is_not_accused(engine: AsyncEngine, redis: Redis, log: Log) -> None:
    """Whatever PostgreSQL makes of numbers and texts; nor what stands still or was discarded."""
    attributes: Attributes = {
        "a": 1e23,
        "bb": 5e-324,
        "c": 1.5e300,
        "d": (1, True, "\u2028"),
        "aa": -0.0,
    }
    await put(log, shelf(200))
    odd, standing = UUID(int=50), UUID(int=51)
    await log.given(odd, ProductRegistered(sku="ODD", name="ß\U0001f600", attributes=attributes))
    position = await log.given_stored(odd, TELEPORTED)
    await discarded(engine, odd, position)
    await log.given(odd, sun)
    await log.given(standing, ProductRegistered(sku="STANDING", name="S", attributes={}))
    at_fault = await log.given_stored(standing, TELEPORTED)
    await projected(engine)
    await log.given(odd, price)
    before = counted("drift_checked_total")
    for _ in range(5):
        await check_catalog(engine, redis, PLACE, SAMPLE)
    everything = [each.id for each in shelf(200)]
    assert not any((await drifted(engine, odd, standing, LAMP, *everything)).values())
    assert await places(engine) == [(standing, at_fault)]
    assert counted("drift_checked_total") > before + 100


async def test_boolean_and_number_are_told_apart(engine: AsyncEngine, log: Log) -> None:
    odd = UUID(int=50)
    await log.given(odd, ProductRegistered(sku="ODD", name="O", attributes={"a": True}))
    await projected(engine)
    await executed(
        engine, """update only read_1.product_search set attributes = '{"main": {"a": ["1"]}}'"""
    )
    assert (await drifted(engine, odd))[odd] == ["product_search"]


async def test_every_catalog_is_checked_whose_tables_are_of_this_code(
    engine: AsyncEngine, redis: Redis
) -> None:
    outlet = await opened(engine, "outlet")
    await opened(engine, "empty")
    await outlet.given(LAMP, registered, price)
    await projected(engine, "outlet")
    await executed(engine, WRONG, LAMP)
    (code,) = await code_of(engine)
    await executed(engine, "update projections.generations set code_digest = ''")
    await check_all(engine, redis)
    assert not await parked(engine)
    await executed(engine, "update projections.generations set code_digest = $1", code)
    await check_drift({"engine": engine, "redis": redis})
    assert await places(engine) == [(LAMP, NEXT)]
    assert await places(engine, "outlet") == [(LAMP, 3)]


async def code_of(engine: AsyncEngine) -> list[bytes]:
    async with driver(engine) as connection:
        found = await connection.fetch("select code_digest from projections.generations")
    return [row["code_digest"] for row in found]
