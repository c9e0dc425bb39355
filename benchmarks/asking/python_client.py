"""The same requests from this process, where wrk is missing; and each of them once.

To ask takes it as long as the service takes to answer: what is fast seems slower than it is.
"""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import count, cycle, takewhile
from time import monotonic

from benchmarks.asking.asking import FIRST_NUMBER, NUMBER, Asked, Asking, Target
from benchmarks.asking.http_client import Answer, Client
from benchmarks.harness.spread import spread


@dataclass(frozen=True, slots=True)
class Answered:
    target: Target
    answer: Answer
    seconds: float

    @property
    def well(self) -> bool:
        return self.answer.status == self.target.expected


async def ask(asking: Asking, seconds: float) -> Asked:
    """Raises an `ExceptionGroup` when a connection is lost."""
    begun = monotonic()
    targets = takewhile(lambda _: monotonic() < begun + seconds, cycle(asking.targets))
    answered = await _answered(asking, targets)
    well = sum(each.well for each in answered)
    took = spread([each.seconds for each in answered])
    return Asked(well, len(answered) - well, monotonic() - begun, took.p50, took.p99)


async def ask_each(asking: Asking) -> Sequence[Answered]:
    """Every target once. Raises as `ask` does."""
    return await _answered(asking, asking.targets)


async def _answered(asking: Asking, targets: Iterable[Target]) -> list[Answered]:
    turns, answered = zip(targets, count(FIRST_NUMBER), strict=False), list[Answered]()
    with closing(Client(asking.address.host, asking.address.port, asking.headers)) as client:

        async def go_on() -> None:
            for target, number in turns:
                asked = monotonic()
                headers = {"If-None-Match": target.etag} if target.etag else None
                body = target.body.replace(NUMBER, str(number)).encode()
                answer = await client.ask(target.method, target.path, body, headers)
                answered.append(Answered(target, answer, monotonic() - asked))

        async with asyncio.TaskGroup() as group:
            for _ in range(asking.connections):
                group.create_task(go_on())
    return answered
