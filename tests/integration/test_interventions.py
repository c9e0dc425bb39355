"""What operators ask for is carried out by the worker that has the catalog, and written down."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from uuid import UUID

import asyncpg
import msgspec
import pytest
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from events.codec import Encoded
from events.database import Connection, driver
from events.nudge import connect
from events.product import PriceSet, ProductRegistered, ProductRenamed
from projections.drift import Place
from projections.drifted import park_drifted
from projections.generations import FIRST
from projections.interventions import (
    Action,
    Intervention,
    Outcome,
    carry_out,
    find,
    finish,
    read_all,
    read_waiting,
    request,
)
from projections.leases import LeaseLost, acquire
from queries.document import Document
from tests.acting import acting_as
from tests.eventually import eventually
from tests.given import (
    DESK,
    LAMP,
    TELEPORTED,
    Log,
    another_generation,
    checkpoint,
    projected,
    registered,
    rows,
)
from tests.parking import names, newer_release, parked, places
from tests.projectors import lease_was_lost, running
from tests.reading import cached, put_back, vouched
from workers import following

desk = ProductRegistered(sku="DESK-1", name="Desk", attributes={})
sun, moon = ProductRenamed(name="Sun"), ProductRenamed(name="Moon")
LATER = Encoded("ProductTeleported", 2, "{}")
BY_HAND = [
    "update only read_1.product_search set name = 'stolen'",
    "update only read_1.product_prices set amount = 1",
    "delete from only read_1.product_prices",
    "insert into read_1.product_prices values ('main', '{}', 'USD', 1, 'draft', '', '', now())",
    "delete from only read_1.product_details",
    "update only read_1.product_details set document = '{{}}', version = 9",
]


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with connect(redis_url) as client:
        yield client


@pytest.fixture
async def at_fault(engine: AsyncEngine) -> int:
    """The lamp stands still before its third event; behind that come Moon and a price."""
    log = Log(engine)
    await log.given(DESK, desk)
    await log.given(LAMP, registered, sun)
    position = await log.given_stored(LAMP, TELEPORTED)
    await log.given(LAMP, moon, PriceSet(currency="EUR", amount=5))
    await projected(engine)
    return position


async def asked(
    engine: AsyncEngine, action: Action, product: UUID = LAMP, position: int | None = None
) -> Intervention:
    async with driver(engine) as connection:
        return await request(
            connection,
            "main",
            product,
            action,
            actor="anna",
            correlation_id="by-hand",
            position=position,
        )


async def outcome_of(engine: AsyncEngine, wanted: Intervention) -> Outcome | None:
    found = wanted

    async def carried_out() -> bool:
        nonlocal found
        async with driver(engine) as connection:
            found = await find(connection, "main", wanted.id) or wanted
        return found.finished_at is not None

    await eventually(carried_out)
    return found.outcome


@pytest.mark.usefixtures("at_fault")
async def test_a_stream_is_tried_again_when_somebody_says_so(
    engine: AsyncEngine, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(engine, redis):
        assert await outcome_of(engine, await asked(engine, "retry")) == "still-parked"
        newer_release(monkeypatch, {"name": "Star"})
        assert await outcome_of(engine, await asked(engine, "retry")) == "done"
    assert await parked(engine) == []
    assert (await names(engine))[LAMP] == ("Moon", 5)


async def test_what_is_no_further_than_before_stays_as_it_was(
    engine: AsyncEngine, redis: Redis, at_fault: int
) -> None:
    before, standing = await rows(engine), await parked(engine)
    async with running(engine, redis):
        assert await outcome_of(engine, await asked(engine, "retry")) == "still-parked"
        assert await outcome_of(engine, await asked(engine, "refold")) == "still-parked"
    assert (await rows(engine), await parked(engine)) == (before, standing)
    assert await places(engine) == [(LAMP, at_fault)]


async def test_without_a_discarded_event_the_stream_goes_on(
    engine: AsyncEngine, redis: Redis, at_fault: int
) -> None:
    """In every generation that is made from then on."""
    async with running(engine, redis):
        wanted = await asked(engine, "discard", position=at_fault)
        assert await outcome_of(engine, wanted) == "done"
    assert await parked(engine) == []
    assert (await names(engine))[LAMP] == ("Moon", 5)

    fresh = await another_generation(engine)
    await projected(engine, generation=fresh)
    assert await parked(engine, generation=fresh) == []
    assert await rows(engine, generation=fresh) == await rows(engine)


async def test_each_event_is_discarded_by_itself(
    engine: AsyncEngine, redis: Redis, at_fault: int
) -> None:
    later = await Log(engine).given_stored(LAMP, LATER)
    async with running(engine, redis):
        early = await asked(engine, "discard", position=later)
        assert await outcome_of(engine, early) == "parked-elsewhere"
        assert await places(engine) == [(LAMP, at_fault)]
        first = await asked(engine, "discard", position=at_fault)
        assert await outcome_of(engine, first) == "still-parked"
        assert await places(engine) == [(LAMP, later)]
        assert (await names(engine))[LAMP] == ("Moon", 5)
        second = await asked(engine, "discard", position=later)
        assert await outcome_of(engine, second) == "done"
    assert await discarded_by(engine) == [(at_fault, "anna"), (later, "anna")]


async def test_what_can_be_applied_after_all_is_not_discarded(
    engine: AsyncEngine, redis: Redis, at_fault: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = await Log(engine).given_stored(LAMP, LATER)
    await projected(engine)
    newer_release(monkeypatch, {"name": "Star"})
    async with running(engine, redis):
        early = await asked(engine, "discard", position=at_fault)
        assert await outcome_of(engine, early) == "parked-elsewhere"
    assert await places(engine) == [(LAMP, later)]
    assert await discarded_by(engine) == []


async def test_a_product_that_was_parked_for_its_rows_loses_no_event(
    engine: AsyncEngine, redis: Redis
) -> None:
    head = await Log(engine).given(LAMP, registered, sun)
    await projected(engine)
    before = await rows(engine)
    async with driver(engine) as connection:
        await connection.execute(BY_HAND[0])
        assert await park_drifted(connection, Place("main", FIRST), LAMP)
    async with running(engine, redis):
        wanted = await asked(engine, "discard", position=head + 1)
        assert await outcome_of(engine, wanted) == "not-parked"
    assert await rows(engine) == before
    assert await parked(engine) == []
    assert await discarded_by(engine) == []


async def discarded_by(engine: AsyncEngine) -> list[tuple[int, str]]:
    async with driver(engine) as connection:
        found = await connection.fetch(
            "select position, actor from projections.discarded order by position"
        )
    return [tuple(row) for row in found]


@pytest.mark.usefixtures("at_fault")
@pytest.mark.parametrize(("action", "position"), [("retry", None), ("discard", 1)])
async def test_a_product_that_does_not_stand_still_is_left_alone(
    engine: AsyncEngine, redis: Redis, action: Action, position: int | None
) -> None:
    before = await rows(engine)
    async with running(engine, redis):
        wanted = await asked(engine, action, DESK, position)
        assert await outcome_of(engine, wanted) == "not-parked"
    assert await rows(engine) == before
    assert await discarded_by(engine) == []


@pytest.mark.parametrize(
    ("action", "product", "position"),
    [("retry", DESK, None), ("discard", LAMP, 1), ("retry", LAMP, None), ("refold", DESK, None)],
)
@pytest.mark.usefixtures("at_fault")
async def test_who_has_lost_the_lease_does_nothing_about_it(
    engine: AsyncEngine, action: Action, product: UUID, position: int | None
) -> None:
    """Not even what is in vain: what he looked at may be read no more."""
    wanted = await asked(engine, action, product, position)
    head = await checkpoint(engine)
    async with driver(engine) as connection:
        lease = await acquire(connection, "main", FIRST, "late", timedelta(minutes=1))
        assert lease
        await lease_was_lost(engine)
        with pytest.raises(LeaseLost):
            await carry_out(connection, lease, head, wanted)


@pytest.mark.parametrize("statement", BY_HAND)
async def test_what_somebody_did_to_the_rows_is_repaired(
    engine: AsyncEngine, redis: Redis, statement: str
) -> None:
    await Log(engine).given(LAMP, registered, sun, PriceSet(currency="EUR", amount=5))
    await projected(engine)
    before = await rows(engine)
    async with driver(engine) as connection:
        await connection.execute(statement.format(LAMP))
    assert await rows(engine) != before
    async with running(engine, redis):
        assert await outcome_of(engine, await asked(engine, "refold")) == "done"
    assert await rows(engine) == before


async def test_what_somebody_did_to_the_cache_is_repaired(
    engine: AsyncEngine, redis: Redis
) -> None:
    async with running(engine, redis):

        async def vouched_for() -> bool:
            return await vouched(redis) is not None

        await eventually(vouched_for)
        position = await Log(engine).given(LAMP, registered, sun)
        await eventually(lambda: is_cached(redis, "Sun"))
        seen = await vouched(redis)
        assert seen
        await put_back(redis, seen, position, Document(2, b'{"name":"stolen"}'))
        assert await is_cached(redis, "stolen")
        assert await outcome_of(engine, await asked(engine, "refold")) == "done"

        async def forgotten() -> bool:
            found = await vouched(redis)
            return found is not None and found.answer is None

        await eventually(forgotten)


async def is_cached(redis: Redis, name: str) -> bool:
    found = await cached(redis)
    return found is not None and msgspec.json.decode(found.body)["name"] == name


async def test_what_the_log_does_not_know_is_not_read_any_more(
    engine: AsyncEngine, redis: Redis
) -> None:
    async with driver(engine) as connection:
        await connection.execute(BY_HAND[3].format(LAMP))
    async with running(engine, redis):
        assert await outcome_of(engine, await asked(engine, "refold")) == "unknown-product"
    assert not any((await rows(engine)).values())


async def test_all_is_written_down_with_who_asked(
    engine: AsyncEngine, redis: Redis, at_fault: int
) -> None:
    first = await asked(engine, "retry")
    second = await asked(engine, "discard", position=at_fault)
    async with driver(engine) as connection:
        assert await read_waiting(connection, "main", 10) == [first, second]
    with capture_logs() as told:
        async with running(engine, redis):
            await outcome_of(engine, second)
    async with driver(engine) as connection:
        done = await read_all(connection, "main", 10)
        assert await read_waiting(connection, "main", 10) == []
    assert [(each.id, each.outcome) for each in done] == [
        (second.id, "done"),
        (first.id, "still-parked"),
    ]
    assert {(each.actor, each.correlation_id) for each in done} == {("anna", "by-hand")}
    lines = [line for line in told if line["event"] == "intervened"]
    assert [(line["action"], line["outcome"]) for line in lines] == [
        ("retry", "still-parked"),
        ("discard", "done"),
    ]
    assert {(line["actor"], line["correlation_id"]) for line in lines} == {("anna", "by-hand")}


@pytest.mark.usefixtures("at_fault")
async def test_what_came_of_it_is_a_part_of_doing_it(
    engine: AsyncEngine, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that ends before it has written that down leaves it to be done."""
    newer_release(monkeypatch, {"name": "Star"})
    ended = 0

    async def ending(connection: Connection, wanted: Intervention, outcome: Outcome) -> None:
        nonlocal ended
        ended += 1
        if ended == 1:
            connection.terminate()
        await finish(connection, wanted, outcome)

    monkeypatch.setattr(following, "finish", ending)
    wanted = await asked(engine, "retry")
    async with running(engine, redis):
        assert await outcome_of(engine, wanted) == "done"
    assert ended == 2


async def test_who_asks_for_what_waits_already_gets_what_waits(
    engine: AsyncEngine, redis: Redis, at_fault: int
) -> None:
    retry = await asked(engine, "retry")
    discard = await asked(engine, "discard", position=at_fault)
    other = await asked(engine, "discard", position=at_fault + 1)
    assert await asked(engine, "retry") == retry
    assert await asked(engine, "discard", position=at_fault) == discard
    assert await asked(engine, "retry", DESK) not in (retry, discard, other)
    assert len(await read_all_of(engine)) == 4
    async with running(engine, redis):
        await outcome_of(engine, discard)
        assert await outcome_of(engine, await asked(engine, "retry")) == "not-parked"
    assert len(await read_all_of(engine)) == 5


async def test_who_asks_while_it_is_carried_out_is_not_told_of_what_was(
    engine: AsyncEngine,
) -> None:
    """What has been folded by then may lack what he wants folded."""
    first = await asked(engine, "refold")
    async with driver(engine) as worker, worker.transaction():
        await finish(worker, first, "done")
        late = asyncio.create_task(asked(engine, "refold"))
        await eventually(partial(blocked, engine))
    assert (await late).id != first.id


async def blocked(engine: AsyncEngine) -> bool:
    query = (
        "select exists (select from pg_stat_activity"
        " where datname = current_database() and wait_event_type = 'Lock')"
    )
    async with driver(engine) as connection:
        return bool(await connection.fetchval(query))


@pytest.mark.parametrize(("most", "seconds", "first"), [(2, 60.0, 2), (100, 0.0, 1)])
async def test_many_interventions_do_not_keep_new_events_waiting(
    engine: AsyncEngine,
    redis: Redis,
    monkeypatch: pytest.MonkeyPatch,
    most: int,
    seconds: float,
    first: int,
) -> None:
    """Neither by their number nor by the time that they take."""
    await Log(engine).given(LAMP, registered)
    await projected(engine)
    for number in range(20):
        await asked(engine, "discard", position=number + 1)
    carried_out: list[int] = []
    monkeypatch.setattr(following, "INTERVENTIONS_A_TURN", most)
    monkeypatch.setattr(following, "INTERVENING_SECONDS", seconds)

    async def noted(connection: Connection, wanted: Intervention, outcome: Outcome) -> None:
        carried_out.append(len(await names(engine)))
        await finish(connection, wanted, outcome)

    monkeypatch.setattr(following, "finish", noted)
    await Log(engine).given(DESK, desk)
    async with running(engine, redis):
        for wanted in await read_all_of(engine):
            assert await outcome_of(engine, wanted) == "not-parked"
    assert carried_out == [1] * first + [2] * (20 - first)


async def test_commands_may_ask_and_only_ask(engine: AsyncEngine, database_url: str) -> None:
    async with acting_as("catalog_command", database_url) as api:
        wanted = await asked(api, "retry")
        async with driver(api) as connection:
            assert await find(connection, "main", wanted.id) == wanted
            assert await find(connection, "outlet", wanted.id) is None
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await finish(connection, wanted, "done")
    async with acting_as("catalog_query", database_url) as reading:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await asked(reading, "retry")
    assert await read_all_of(engine) == [wanted]


async def read_all_of(engine: AsyncEngine) -> list[Intervention]:
    async with driver(engine) as connection:
        return await read_all(connection, "main", 10)
