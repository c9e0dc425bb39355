"""Look-ups that wait at the same time are made together, and never more at a time than may be."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from queries.gathering import Gathering

SETTLING = 10
"""Turns of the loop: more than anybody here needs to get as far as he comes."""


class Loads:
    """Answers each key with the number of the call; a call ends when it is let go."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []
        self.under_way: set[int] = set()
        self.most_under_way = 0
        self._let_go = asyncio.Semaphore(0)

    async def __call__(self, keys: Sequence[str]) -> Mapping[str, int]:
        self.calls.append(list(keys))
        number = len(self.calls)
        self.under_way.add(number)
        self.most_under_way = max(self.most_under_way, len(self.under_way))
        try:
            await self._let_go.acquire()
        finally:
            self.under_way.remove(number)
        if "broken" in keys:
            raise LookupError(number)
        return dict.fromkeys(keys, number)

    def let_go(self, calls: int = 1) -> None:
        """Of those that began first."""
        for _ in range(calls):
            self._let_go.release()

    async def end(self, calls: int = 1) -> None:
        self.let_go(calls)
        await settled()


async def settled() -> None:
    for _ in range(SETTLING):
        await asyncio.sleep(0)


def asked(gathering: Gathering[str, int], *keys: str) -> list[asyncio.Task[int]]:
    return [asyncio.create_task(gathering.get(key)) for key in keys]


async def test_who_waits_for_the_same_shares_one_answer() -> None:
    loads = Loads()
    answers = asked(Gathering(loads, limit=10), *["a"] * 100)
    await settled()
    await loads.end()
    assert await asyncio.gather(*answers) == [1] * 100
    assert loads.calls == [["a"]]


async def test_who_waits_at_the_same_time_is_looked_up_together() -> None:
    loads = Loads()
    answers = asked(Gathering(loads, limit=10), "a", "b", "c")
    await settled()
    await loads.end()
    assert await asyncio.gather(*answers) == [1, 1, 1]
    assert loads.calls == [["a", "b", "c"]]


@pytest.mark.parametrize("parallel", [1, 2])
async def test_who_asks_for_what_is_being_loaded_gets_what_is_read_after_he_asked(
    parallel: int,
) -> None:
    """One loader a key, even if others are free."""
    loads = Loads()
    gathering = Gathering(loads, limit=10, parallel=parallel)
    early = asked(gathering, "a")
    await settled()
    late = asked(gathering, "a", "a")
    await settled()
    assert loads.calls == [["a"]]
    await loads.end()
    assert await early[0] == 1
    assert not any(each.done() for each in late)
    await loads.end()
    assert await asyncio.gather(*late) == [2, 2]
    assert loads.calls == [["a"], ["a"]]


async def test_other_keys_need_not_wait_while_a_loader_is_free() -> None:
    loads = Loads()
    gathering = Gathering(loads, limit=10, parallel=2)
    first = asked(gathering, "a")
    await settled()
    others = asked(gathering, "a", "b")
    await settled()
    assert loads.calls == [["a"], ["b"]]
    await loads.end(3)
    assert await asyncio.gather(*first, *others) == [1, 3, 2]


@pytest.mark.parametrize("turns", range(SETTLING))
async def test_who_asks_in_the_moment_when_a_call_ends_is_looked_up(turns: int) -> None:
    loads = Loads()
    gathering = Gathering(loads, limit=10)
    first = asked(gathering, "a")
    await settled()
    loads.let_go(2)
    for _ in range(turns):
        await asyncio.sleep(0)
    late = asked(gathering, "b")
    await settled()
    assert [each.done() for each in (*first, *late)] == [True, True]


async def test_a_call_is_for_no_more_keys_than_may_be() -> None:
    loads = Loads()
    answers = asked(Gathering(loads, limit=2), "a", "b", "c", "d", "e")
    await settled()
    await loads.end(3)
    assert await asyncio.gather(*answers) == [1, 1, 2, 2, 3]
    assert loads.calls == [["a", "b"], ["c", "d"], ["e"]]


@pytest.mark.parametrize("parallel", [1, 2, 3])
async def test_thirty_thousand_keys_at_once_need_few_calls_and_no_more_at_a_time_than_may_be(
    parallel: int,
) -> None:
    loads = Loads()
    keys = [str(number) for number in range(30_000)]
    answers = asked(Gathering(loads, limit=500, parallel=parallel), *keys)
    await settled()
    assert len(loads.under_way) == parallel
    await loads.end(60)
    await asyncio.gather(*answers)
    assert [len(each) for each in loads.calls] == [500] * 60
    assert [key for each in loads.calls for key in each] == keys
    assert loads.most_under_way == parallel


async def test_a_failure_is_for_those_who_asked_and_for_nobody_after_them() -> None:
    loads = Loads()
    gathering = Gathering(loads, limit=2)
    asking = asked(gathering, "a", "broken", "b")
    await settled()
    await loads.end(2)
    told = await asyncio.gather(*asking, return_exceptions=True)
    assert [type(each) for each in told] == [LookupError, LookupError, int]
    again = asked(gathering, "a")
    await loads.end()
    assert await again[0] == 3


async def test_who_leaves_takes_the_answer_from_nobody() -> None:
    loads = Loads()
    gathering = Gathering(loads, limit=10)
    first, second = asked(gathering, "a", "a")
    await settled()
    first.cancel()
    await loads.end()
    assert await second == 1
    assert first.cancelled()


async def test_who_leaves_before_his_turn_harms_nobody_who_comes_after_him() -> None:
    loads = Loads()
    gathering = Gathering(loads, limit=10)
    busy = asked(gathering, "busy")
    await settled()
    (gone,) = asked(gathering, "a")
    await settled()
    gone.cancel()
    await settled()
    stayed = asked(gathering, "a", "b")
    await loads.end(2)
    assert await asyncio.gather(*busy, *stayed) == [1, 2, 2]


@pytest.mark.filterwarnings("error")
async def test_a_failure_that_nobody_waits_for_is_nobody_s() -> None:
    loads = Loads()
    gathering = Gathering(loads, limit=10)
    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, told: complaints.append(told))
    (gone,) = asked(gathering, "broken")
    await settled()
    gone.cancel()
    await loads.end()
    assert gone.cancelled()
    again = asked(gathering, "a")
    await loads.end()
    assert await again[0] == 2
    assert complaints == []
