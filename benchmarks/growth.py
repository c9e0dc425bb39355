"""What an append costs in a long log, beside one in a short log on the same server.

Blocks of as many appends alternate between two databases, half of them to streams that exist,
chosen at random, half to new ones. The short log is copied anew for each of its blocks, so that it
stays short.
"""

import asyncio
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from time import perf_counter

from uuid_utils.compat import uuid7

from benchmarks.filling import fill, stream
from benchmarks.server import administer, create_database, database_url
from benchmarks.story import CATALOG, EVENTS_A_PRODUCT, PRICED, REGISTERED, asked
from commands.appending import KIND
from events.append import Append, Appended
from events.appender import Appender
from events.database import pool

SMALL = 10_000
WRITERS = 64


@dataclass(frozen=True, slots=True)
class Block:
    """Seconds for each append, the writers' and the server's time together."""

    small: float
    large: float


@dataclass(slots=True)
class Story:
    """Appends to a filled log: who knows a stream knows its version, too."""

    streams: int
    _versions: dict[int, int] = field(default_factory=dict)

    def told(self) -> Iterator[Append]:
        while True:
            yield asked(uuid7(), REGISTERED, 0)
            n = random.randrange(self.streams)  # noqa: S311 -- nothing to guess
            version = self._versions.get(n, EVENTS_A_PRODUCT)
            self._versions[n] = version + 1
            yield asked(stream(n), PRICED, version)


async def measure(
    server: str, events: int, rounds: int, appends: int, filled: Callable[[int], None]
) -> list[Block]:
    template = await create_database(server, "small")
    large = await create_database(server, "large")
    await fill(template, SMALL // EVENTS_A_PRODUCT, filled)
    await fill(large, events // EVENTS_A_PRODUCT, filled)
    grown = Story(events // EVENTS_A_PRODUCT)
    await _seconds(large, grown, appends)
    return [
        Block(await _in_small(server, appends), await _seconds(large, grown, appends))
        for _ in range(rounds)
    ]


async def _in_small(server: str, appends: int) -> float:
    await administer(server, "create database small_copy template small")
    url = database_url(server, "small_copy")
    seconds = await _seconds(url, Story(SMALL // EVENTS_A_PRODUCT), appends)
    await administer(server, "drop database small_copy")
    return seconds


async def _seconds(url: str, story: Story, appends: int) -> float:
    """For each append, when 64 writers share them."""
    async with pool(url, application="catalog-bench") as engine:
        appender = Appender(engine, CATALOG, KIND, queue_limit=2_000, batch_limit=500)
        told = story.told()
        await _write(appender, told, WRITERS)
        began = perf_counter()
        await asyncio.gather(*(_write(appender, told, appends // WRITERS) for _ in range(WRITERS)))
        return (perf_counter() - began) / (appends // WRITERS * WRITERS)


async def _write(appender: Appender, told: Iterator[Append], appends: int) -> None:
    for _ in range(appends):
        outcome = await appender.append(next(told))
        if not isinstance(outcome, Appended):
            raise TypeError(outcome)
