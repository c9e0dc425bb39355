"""How soon a write can be read: from the append to the announcement that reads reflect it.

Writers keep to a schedule, appends are grouped and followed by hints as in the API, a worker
process projects them, and one clock sees it all: that of the process which writes and listens.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic

from api.write_sides import WriteSides
from benchmarks.asking.open_loop import Ending, at_rate
from benchmarks.harness.installation import Installation
from benchmarks.harness.spread import Spread, spread
from benchmarks.material import price_changes
from benchmarks.material.announcements import Announcements, announced
from benchmarks.material.projected import projected
from benchmarks.material.story import CATALOG
from events.append import Append, Appended, Outcome
from events.appender import Appender
from events.database import driver, pool
from events.errors import Refused
from events.nudge import connect


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    writes_per_second: Sequence[float] = (100, 500, 2_000)
    seconds: float = 10.0
    """For each rate."""
    warm_up_seconds: float = 3.0
    """To connect, to prepare statements and to get going, before the time that counts."""
    hints: bool = True
    """Without them the worker learns of writes by polling alone."""


@dataclass(frozen=True, slots=True)
class Lag:
    writes_per_second: float
    writes: int
    refused: int
    """The rate was too high; whoever changes the same product next is refused, too."""
    acknowledged: Spread
    """From when a write was due to its acknowledgement."""
    visible: Spread
    """From when a write was due to the announcement."""
    visible_after: Spread
    """From the acknowledgement to the announcement; 0 where that came first."""


@dataclass(frozen=True, slots=True)
class Write:
    due: float
    acknowledged: float
    position: int


@dataclass(slots=True)
class Writes:
    """Of one rate: those that were acknowledged, and how many were not."""

    done: list[Write] = field(default_factory=list)
    refused: int = 0


async def watched(installation: Installation, events: int, schedule: Schedule) -> list[Lag]:
    """For each rate, with a worker that is there, once it has caught up with so many events."""
    async with _opened(installation, schedule) as (appender, announcements):
        async with driver(appender.engine) as connection:
            await projected(connection, events)
        return [
            await _lag(appender, announcements, rate, schedule)
            for rate in schedule.writes_per_second
        ]


@asynccontextmanager
async def _opened(
    installation: Installation, schedule: Schedule
) -> AsyncIterator[tuple[Appender, Announcements]]:
    async with (
        pool(installation.database_url, application="catalog-bench") as engine,
        connect(installation.redis_url) as redis,
        announced(redis) as announcements,
        asyncio.TaskGroup() as group,
    ):
        sides = WriteSides(engine, redis, queue_limit=2_000, batch_limit=500)
        nudging = [group.create_task(sides.nudging())] if schedule.hints else []
        yield sides.of(CATALOG).appender, announcements
        for task in nudging:
            task.cancel()


async def _lag(
    appender: Appender, announcements: Announcements, rate: float, schedule: Schedule
) -> Lag:
    async with driver(appender.engine) as connection:
        versions = await price_changes.read_versions(connection)
    writes = await _write(appender, price_changes.told(versions), rate, schedule)
    await announcements.reach(max((write.position for write in writes.done), default=0))
    return lag_of(rate, writes, announcements)


async def _write(
    appender: Appender, story: Iterator[Append], rate: float, schedule: Schedule
) -> Writes:
    """Those that count."""
    writes = Writes()
    begin = monotonic() + schedule.warm_up_seconds

    async def write(due: float) -> None:
        outcome = await _outcome(appender, next(story))
        acknowledged = monotonic()
        if due < begin:
            return
        if isinstance(outcome, Appended):
            writes.done.append(Write(due, acknowledged, outcome.position))
        else:
            writes.refused += 1

    await at_rate(rate, write, Ending(begin + schedule.seconds))
    return writes


async def _outcome(appender: Appender, asked: Append) -> Outcome | Refused:
    try:
        return await appender.append(asked)
    except Refused as refusal:
        return refusal


def lag_of(rate: float, writes: Writes, announcements: Announcements) -> Lag:
    timed = [(write, announcements.moment(write.position)) for write in writes.done]
    return Lag(
        rate,
        len(writes.done),
        writes.refused,
        acknowledged=spread([write.acknowledged - write.due for write in writes.done]),
        visible=spread([visible - write.due for write, visible in timed]),
        visible_after=spread([max(0.0, visible - write.acknowledged) for write, visible in timed]),
    )
