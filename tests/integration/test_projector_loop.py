"""The worker's continuous part: several of them, several catalogs, and what goes wrong."""

from itertools import pairwise
from time import perf_counter
from typing import cast
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from events.database import Connection
from events.nudge import connect
from events.product import PriceSet, ProductRegistered, ProductRenamed
from events.upcasts import UPCASTS, Shape, Upcast
from projections.cached import state_key
from projections.leases import Lease
from projections.projector import Batch, prepare, refold
from tests.eventually import eventually
from tests.given import (
    DESK,
    LAMP,
    TELEPORTED,
    Log,
    another_generation,
    checkpoint,
    opened,
    projected,
    registered,
    rows,
)
from tests.projectors import caught_up, lease_was_lost, parked_streams, running, versions
from tests.reading import vouched
from workers import following
from workers import projecting as loop

desk = ProductRegistered(sku="DESK-1", name="Desk", attributes={})


async def test_projectors_that_fight_over_a_catalog_lead_to_the_same_rows(
    engine: AsyncEngine, redis_url: str
) -> None:
    log, head = Log(engine), 0
    async with (
        connect(redis_url) as redis,
        running(engine, redis, "a"),
        running(engine, redis, "b"),
        running(engine, redis, "b"),
    ):
        for number in range(1, 41):
            product = ProductRegistered(sku=f"P-{number}", name="P", attributes={})
            prices = [PriceSet(currency="EUR", amount=amount) for amount in range(number % 5)]
            head = await log.given(UUID(int=number), product, *prices)

        await caught_up(engine, head)

    fresh = await another_generation(engine)
    await projected(engine, generation=fresh)
    assert await rows(engine) == await rows(engine, generation=fresh)


async def test_what_a_crash_took_back_unnoticed_is_applied_again(
    engine: AsyncEngine, redis_url: str
) -> None:
    """Nobody asked the database meanwhile, and nothing more is appended."""
    log = Log(engine)
    async with connect(redis_url) as redis, running(engine, redis, lease_seconds=300):
        await caught_up(engine, await log.given(LAMP, registered))
        await caught_up(engine, await log.given(DESK, desk))
        async with engine.begin() as connection:
            for table in ("product_details", "product_prices", "product_search"):
                taken = text(f"delete from read_1.{table} where product_id = :product")
                await connection.execute(taken, {"product": DESK})
            await connection.execute(text("update projections.checkpoints set position = 1"))
        await caught_up(engine, 2)
    assert await versions(engine) == {LAMP: 1, DESK: 1}


async def test_an_event_nobody_knows_stops_only_its_stream(
    engine: AsyncEngine, redis_url: str
) -> None:
    log = Log(engine)
    async with connect(redis_url) as redis, running(engine, redis, "a"):
        with capture_logs() as told:
            await log.given(LAMP, registered)
            at_fault = await log.given_stored(LAMP, TELEPORTED)
            await log.given(LAMP, ProductRenamed(name="Sun"))
            await caught_up(engine, await log.given(DESK, desk))

            async def counted() -> bool:
                return parked_streams("main") == 1

            await eventually(counted)
    assert await versions(engine) == {LAMP: 1, DESK: 1}
    (parked,) = [line for line in told if line["event"] == "stream_parked"]
    assert parked["log_level"] == "error"
    assert parked["catalog"] == "main"
    assert parked["product_id"] == str(LAMP)
    assert parked["position"] == at_fault
    assert (parked["type"], parked["schema_version"]) == ("ProductTeleported", 1)
    assert "does not know" in parked["reason"]
    assert parked["correlation_id"] == "given"


async def test_a_worker_that_knows_the_event_heals_the_stream_when_it_starts(
    engine: AsyncEngine, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing else is appended meanwhile; what was cached of the stream is replaced."""
    log = Log(engine)
    async with connect(redis_url) as redis:
        async with running(engine, redis, "a"):
            await log.given(LAMP, registered)
            await log.given_stored(LAMP, TELEPORTED)
            await caught_up(engine, await log.given(LAMP, ProductRenamed(name="Sun")))
        assert await versions(engine) == {LAMP: 1}

        upcast: Upcast = (("ProductRenamed", 1), lambda _: {"name": "Star"})
        monkeypatch.setitem(cast("dict[Shape, Upcast]", UPCASTS), ("ProductTeleported", 1), upcast)
        with capture_logs() as told:
            async with running(engine, redis, "a"):

                async def healed() -> bool:
                    return await versions(engine) == {LAMP: 3} and parked_streams("main") == 0

                await eventually(healed)
        assert [line for line in told if line["event"] == "stream_unparked"]
        found = await vouched(redis)
        assert found
        assert (found.position, found.answer) == (3, None)


async def test_a_worker_tries_a_parked_stream_once(
    engine: AsyncEngine, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await Log(engine).given_stored(LAMP, TELEPORTED)
    await projected(engine)
    tried: list[UUID] = []

    async def counted(connection: Connection, lease: Lease, at: int, parked: UUID) -> Batch:
        tried.append(parked)
        return await refold(connection, lease, at, parked)

    monkeypatch.setattr(following, "refold", counted)
    async with connect(redis_url) as redis, running(engine, redis, "a"):
        for number in range(2, 5):
            product = ProductRegistered(sku=f"P-{number}", name="P", attributes={})
            await caught_up(engine, await Log(engine).given(UUID(int=number), product))
            await lease_was_lost(engine)
        assert parked_streams("main") == 1
    assert tried == [LAMP]


async def test_a_catalog_whose_tables_are_away_does_not_stop_the_others(
    engine: AsyncEngine, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is left alone for a while, and no stream is blamed for it."""
    monkeypatch.setattr(loop, "REST_SECONDS", 0.3)
    broken, sound = await opened(engine, "broken"), await opened(engine, "sound")
    tried: list[float] = []

    async def failing(
        connection: Connection, lease: Lease, *given: int, ahead: Batch | None = None
    ) -> Batch:
        if lease.catalog == "broken":
            tried.append(perf_counter())
            await connection.execute("select * from read_1.no_such_table")
        after, limit = given
        return await prepare(connection, lease, after, limit, ahead)

    async def tried_thrice() -> bool:
        return len(tried) >= 3

    monkeypatch.setattr(following, "prepare", failing)
    await broken.given(LAMP, registered)
    async with connect(redis_url) as redis, running(engine, redis, "a"):
        await caught_up(engine, await sound.given(LAMP, registered), "sound")
        await eventually(tried_thrice)
        await caught_up(engine, await sound.given(DESK, desk), "sound")
        assert parked_streams("broken") == 0
    assert all(later - earlier >= 0.3 for earlier, later in pairwise(tried))
    assert await checkpoint(engine, "broken") == 0


async def test_readers_of_a_stuck_catalog_are_told_where_it_stands(
    engine: AsyncEngine, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Redis comes back with an older state of it."""
    log = await opened(engine, "broken")
    await log.given(LAMP, registered)
    await projected(engine, "broken")
    await log.given(LAMP, ProductRenamed(name="Sun"))

    async def failing(*_given: object, **_named: object) -> Batch:
        raise RuntimeError

    monkeypatch.setattr(following, "prepare", failing)
    async with connect(redis_url) as redis:
        await redis.set(state_key("broken"), "old 0")
        async with running(engine, redis, "a"):

            async def told() -> bool:
                return bool((await redis.get(state_key("broken"))).endswith(b" 1"))

            await eventually(told)
        assert not (await redis.get(state_key("broken"))).startswith(b"old")
