"""What a process knows of one catalog's position, and whom it wakes."""

import asyncio
from collections.abc import Sequence
from time import monotonic

import pytest

from api.reading import standing as standings
from api.reading.standing import Standing

LONG = 60.0


@pytest.fixture
def standing() -> Standing:
    return Standing(believed_seconds=LONG)


async def waiting(
    standing: Standing, *minimums: int, seconds: float = LONG
) -> Sequence[asyncio.Task[bool]]:
    deadline = monotonic() + seconds
    tasks = [asyncio.create_task(standing.reaches(minimum, deadline)) for minimum in minimums]
    await asyncio.sleep(0)
    return tasks


async def settled() -> None:
    for _ in range(3):
        await asyncio.sleep(0)


async def test_a_position_wakes_those_that_it_satisfies_and_no_other(standing: Standing) -> None:
    first, third, also_first, second = await waiting(standing, 1, 3, 1, 2)

    standing.hear(2)
    await settled()

    assert [task.done() for task in (first, also_first, second)] == [True] * 3
    assert (third.done(), standing.waiters) == (False, 1)
    standing.hear(3)
    assert await third
    assert standing.waiters == 0


async def test_who_is_cancelled_leaves_and_the_others_stay(standing: Standing) -> None:
    tasks = await waiting(standing, *[2] * 500, *[1] * 500)
    for task in tasks[::2]:
        task.cancel()
    await settled()

    assert standing.waiters == 500
    standing.hear(2)
    assert await asyncio.gather(*tasks[1::2]) == [True] * 500


async def test_who_waited_long_enough_leaves(standing: Standing) -> None:
    hasty = await waiting(standing, 1, seconds=0.01)
    await waiting(standing, 1)

    assert await asyncio.gather(*hasty) == [False]
    assert standing.waiters == 1


async def test_a_wait_whose_time_is_over_ends_at_once(standing: Standing) -> None:
    assert not await standing.reaches(1, monotonic() - 1)
    assert standing.waiters == 0


def test_hints_come_in_any_order(standing: Standing) -> None:
    for position in (2, 3, 1):
        standing.hear(position)
    assert standing.position == 3


def test_of_nothing_heard_nothing_is_known(standing: Standing) -> None:
    assert not standing.is_below(1)
    assert not standing.is_heard()


def test_what_is_known_is_believed_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(standings, "monotonic", lambda: now)
    standing = Standing(believed_seconds=0.5)
    standing.hear(4)
    assert standing.is_below(5)
    assert not standing.is_below(4)
    assert standing.is_heard()
    now += 0.5
    assert not standing.is_below(5)
    assert not standing.is_heard()
    standing.rise(4)
    assert standing.is_below(5)
    assert not standing.is_heard()


def test_postgres_takes_an_untrue_hint_back_and_others_are_not_heard_for_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 100.0
    monkeypatch.setattr(standings, "monotonic", lambda: now)
    standing = Standing(believed_seconds=0.5)
    standing.hear(9)
    standing.prove(4, believed=9)
    assert standing.is_below(5)
    assert not standing.is_heard()
    now += 0.9
    standing.hear(10)
    assert standing.position == 4
    assert not standing.is_heard()
    now += 0.1
    standing.hear(10)
    assert standing.position == 10


def test_what_was_asked_before_the_hint_says_nothing_against_it(standing: Standing) -> None:
    standing.prove(4, believed=0)
    believed = standing.position
    standing.hear(5)
    standing.prove(4, believed=believed)
    assert standing.position == 5
    assert standing.is_heard()


async def test_what_postgres_says_wakes_too(standing: Standing) -> None:
    (task,) = await waiting(standing, 7)
    standing.prove(7, believed=0)
    assert await task


async def test_who_is_woken_by_what_is_taken_back_at_once_waits_on(standing: Standing) -> None:
    (task,) = await waiting(standing, 5)
    standing.hear(5)
    standing.prove(4, believed=5)
    await settled()
    assert not task.done()
    standing.prove(5, believed=4)
    assert await task
