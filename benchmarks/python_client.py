"""The same questions from this process, where wrk is missing; and each of them once.

To ask takes it as long as the service takes to answer: what is fast seems slower than it is.
"""

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import closing
from http import HTTPStatus
from itertools import cycle, takewhile
from time import monotonic

from benchmarks.asking import Asked, Asking, Target
from benchmarks.http_client import Answer, Client
from benchmarks.spread import spread


async def ask(asking: Asking, seconds: float) -> Asked:
    """Raises an `ExceptionGroup` when anything is not answered as it should be."""
    begun = monotonic()
    targets = takewhile(lambda _: monotonic() < begun + seconds, cycle(asking.targets))
    took = [seconds for _, _, seconds in await _answered(asking, targets)]
    found = spread(took)
    return Asked(len(took), monotonic() - begun, found.p50, found.p99)


async def ask_each(asking: Asking) -> Mapping[Target, Answer]:
    """Every target once. Raises as `ask` does."""
    return {target: answer for target, answer, _ in await _answered(asking, asking.targets)}


async def _answered(
    asking: Asking, targets: Iterable[Target]
) -> list[tuple[Target, Answer, float]]:
    """With the seconds that each answer took."""
    turns, answered = iter(targets), []
    with closing(Client(asking.address.host, asking.address.port, asking.headers)) as client:

        async def go_on() -> None:
            for target in turns:
                asked = monotonic()
                answer = await _answer(client, target)
                answered.append((target, answer, monotonic() - asked))

        async with asyncio.TaskGroup() as group:
            for _ in range(asking.connections):
                group.create_task(go_on())
    return answered


async def _answer(client: Client, target: Target) -> Answer:
    headers = {"If-None-Match": target.etag} if target.etag else None
    answer = await client.ask("GET", target.path, headers=headers)
    expected = HTTPStatus.NOT_MODIFIED if target.etag else HTTPStatus.OK
    if answer.status != expected:
        raise RuntimeError(f"{target} was answered with {answer.status}: {answer.body.decode()}")
    return answer
