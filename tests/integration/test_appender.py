import asyncio
from contextlib import suppress
from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events.append import Appended, ClaimTaken
from events.errors import AppendQueueFull
from tests.appends import appender, asked, logged, taking
from tests.held_log import blocked, gathered, log_held


async def test_what_waits_is_committed_together(engine: AsyncEngine) -> None:
    commits: list[int] = []
    writer = appender(engine, batch_limit=20)
    writer.committed = lambda: commits.append(writer.waiting)
    async with log_held(engine):
        first = asyncio.create_task(writer.append(asked()))
        await blocked(engine)
        others = await gathered(writer, [asked() for _ in range(50)])
    outcomes = await asyncio.gather(first, *others)
    assert all(isinstance(outcome, Appended) for outcome in outcomes)
    assert [event.position for event in await logged(engine)] == list(range(1, 52))
    assert commits == [50, 30, 10, 0]


async def test_the_same_stream_key_and_claim_are_settled_in_turn(engine: AsyncEngine) -> None:
    stream = asked().stream_id
    outcomes = await asyncio.gather(
        *(appender.append(asked(stream)) for appender in [appender(engine)] for _ in range(5))
    )
    assert outcomes == [Appended(stream, number, number) for number in range(1, 6)]


async def test_of_many_who_want_one_claim_one_gets_it(engine: AsyncEngine) -> None:
    writer = appender(engine)
    wanting = [asked(claims=taking("LAMP-1")) for _ in range(5)]
    first, *others = await asyncio.gather(*(writer.append(each) for each in wanting))
    holder = wanting[0].stream_id
    assert first == Appended(holder, 1, 1)
    assert others == [ClaimTaken("sku", "LAMP-1", holder)] * 4


async def test_a_full_queue_turns_away_and_keeps_what_it_took(engine: AsyncEngine) -> None:
    writer = appender(engine, queue_limit=3)
    async with log_held(engine):
        first = asyncio.create_task(writer.append(asked()))
        await blocked(engine)
        others = await gathered(writer, [asked() for _ in range(3)])
        with pytest.raises(AppendQueueFull):
            await writer.append(asked())
    assert {type(outcome) for outcome in await asyncio.gather(first, *others)} == {Appended}
    assert isinstance(await writer.append(asked()), Appended)
    assert len(await logged(engine)) == 5


async def test_who_gives_up_before_the_write_leaves_nothing(engine: AsyncEngine) -> None:
    writer = appender(engine)
    async with log_held(engine):
        first = asyncio.create_task(writer.append(replace(asked(), actor="first")))
        await blocked(engine)
        left, stayed = await gathered(
            writer, [replace(asked(), actor="left"), replace(asked(), actor="stayed")]
        )
        left.cancel()
    await asyncio.wait([first, left, stayed])
    assert left.cancelled()
    assert [event.actor for event in await logged(engine)] == ["first", "stayed"]


async def test_who_gives_up_during_the_write_disturbs_no_other(engine: AsyncEngine) -> None:
    writer = appender(engine)
    async with log_held(engine):
        left, stayed = (asyncio.create_task(writer.append(asked())) for _ in range(2))
        await blocked(engine)
        left.cancel()
        with suppress(asyncio.CancelledError):
            await left
    assert isinstance(await stayed, Appended)
    assert len(await logged(engine)) == 2


async def test_draining_waits_for_all_that_was_asked(engine: AsyncEngine) -> None:
    writer = appender(engine, batch_limit=2)
    await writer.drain()
    asking = [asyncio.create_task(writer.append(asked())) for _ in range(7)]
    await asyncio.sleep(0)
    await writer.drain()
    assert writer.waiting == 0
    assert len(await logged(engine)) == 7
    assert {type(outcome) for outcome in await asyncio.gather(*asking)} == {Appended}


async def test_who_is_gone_takes_no_place_in_the_queue(engine: AsyncEngine) -> None:
    writer = appender(engine, queue_limit=3)
    async with log_held(engine):
        first = asyncio.create_task(writer.append(asked()))
        await blocked(engine)
        gone = await gathered(writer, [asked() for _ in range(3)])
        for each in gone:
            each.cancel()
        await asyncio.wait(gone)
        stayed = await gathered(writer, [asked() for _ in range(3)])
    outcomes = await asyncio.gather(first, *stayed)
    assert {type(outcome) for outcome in outcomes} == {Appended}
    assert len(await logged(engine)) == 4
