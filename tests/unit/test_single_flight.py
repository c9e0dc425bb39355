"""Who asks for the same at a time shares one answer."""

import asyncio
from contextvars import ContextVar

import pytest

from queries.single_flight import SingleFlight


class Answers:
    """Numbers its answers, each given when `given` is set."""

    def __init__(self) -> None:
        self.asked = 0
        self.given = asyncio.Event()

    async def __call__(self) -> int:
        self.asked += 1
        number = self.asked
        await self.given.wait()
        if number == 13:
            raise LookupError
        return number


async def test_one_answer_is_for_all_who_wait() -> None:
    answers, flight = Answers(), SingleFlight[str, int]()
    waiting = [asyncio.create_task(flight("a", answers)) for _ in range(10)]
    await asyncio.sleep(0)
    answers.given.set()

    assert await asyncio.gather(*waiting) == [1] * 10
    assert await flight("a", answers) == 2


async def test_other_keys_have_other_answers() -> None:
    answers, flight = Answers(), SingleFlight[str, int]()
    answers.given.set()

    assert [*await asyncio.gather(flight("a", answers), flight("b", answers))] == [1, 2]


async def test_who_leaves_takes_the_answer_from_nobody() -> None:
    answers, flight = Answers(), SingleFlight[str, int]()
    first, second = (asyncio.create_task(flight("a", answers)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    answers.given.set()

    assert await second == 1
    assert first.cancelled()


async def test_a_failure_is_shared_and_forgotten() -> None:
    answers, flight = Answers(), SingleFlight[str, int]()
    answers.asked = 12
    waiting = [asyncio.create_task(flight("a", answers)) for _ in range(3)]
    await asyncio.sleep(0)
    answers.given.set()

    told = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(each) for each in told] == [LookupError] * 3
    assert await flight("a", answers) == 14


@pytest.mark.filterwarnings("error")
async def test_a_failure_that_nobody_waits_for_is_nobody_s() -> None:
    answers, flight = Answers(), SingleFlight[str, int]()
    answers.asked = 12
    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, told: complaints.append(told))
    waiting = asyncio.create_task(flight("a", answers))
    await asyncio.sleep(0)
    waiting.cancel()
    answers.given.set()
    await asyncio.gather(waiting, return_exceptions=True)
    await asyncio.sleep(0)

    assert await flight("a", answers) == 14
    assert complaints == []


async def test_what_all_share_runs_in_nobody_s_context() -> None:
    request: ContextVar[str] = ContextVar("request")
    request.set("of whom came first")

    async def seen() -> str:
        return request.get("nobody's")

    assert await SingleFlight[str, str]()("a", seen) == "nobody's"
