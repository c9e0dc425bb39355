"""How soon a write can be read: from the append to the announcement that reads reflect it.

Writers keep to a schedule, appends are grouped and followed by hints as in the API, a worker
process projects them, and one clock sees it all: that of the process which writes and listens.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic

import uvloop

from api.write_sides import WriteSides
from benchmarks import price_changes
from benchmarks.announcements import Announcements
from benchmarks.append_report import table
from benchmarks.installation import Installation
from benchmarks.open_loop import Ending, at_rate
from benchmarks.projected import projected
from benchmarks.spread import Spread, spread
from benchmarks.story import CATALOG
from events.append import Append, Appended
from events.appender import Appender
from events.database import driver, pool
from events.nudge import connect, listen
from projections.cached import PROJECTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    writes_per_second: Sequence[float] = (100, 500, 2_000)
    seconds: float = 30.0
    """For each rate."""
    warm_up_seconds: float = 3.0
    """To connect, to prepare statements and to get going, before the time that counts."""
    hints: bool = True
    """Without them the worker learns of writes by polling alone."""


QUICK = Plan(writes_per_second=(50,), seconds=1.0, warm_up_seconds=0.5)


@dataclass(frozen=True, slots=True)
class Lag:
    writes_per_second: float
    writes: int
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


def measure(installation: Installation, events: int, plan: Plan) -> list[Lag]:
    """For each rate, with one worker that has caught up with so many events."""
    with installation.worker():
        return uvloop.run(_measure(installation, events, plan))


async def _measure(installation: Installation, events: int, plan: Plan) -> list[Lag]:
    async with _opened(installation, plan) as (appender, announcements):
        async with driver(appender.engine) as connection:
            await projected(connection, events)
            versions = await price_changes.read_versions(connection)
        story = price_changes.told(versions)
        lags = []
        for rate in plan.writes_per_second:
            writes = await _write(appender, story, rate, plan)
            await announcements.reach(max(write.position for write in writes))
            lags.append(_lag(rate, writes, announcements))
        return lags


@asynccontextmanager
async def _opened(
    installation: Installation, plan: Plan
) -> AsyncIterator[tuple[Appender, Announcements]]:
    announcements = Announcements()
    async with (
        pool(installation.database_url, application="catalog-bench") as engine,
        connect(installation.redis_url) as redis,
        asyncio.TaskGroup() as group,
    ):
        sides = WriteSides(engine, redis, queue_limit=2_000, batch_limit=500)
        background = [group.create_task(listen(redis, PROJECTED, announcements.heard))]
        if plan.hints:
            background.append(group.create_task(sides.nudging()))
        yield sides.of(CATALOG).appender, announcements
        for task in background:
            task.cancel()


async def _write(
    appender: Appender, story: Iterator[Append], rate: float, plan: Plan
) -> list[Write]:
    """The writes that count. Raises the refusals of the appender: then the rate was too high."""
    writes: list[Write] = []
    begin = monotonic() + plan.warm_up_seconds

    async def write(due: float) -> None:
        outcome = await appender.append(next(story))
        acknowledged = monotonic()
        if not isinstance(outcome, Appended):
            raise TypeError(outcome)
        if due >= begin:
            writes.append(Write(due, acknowledged, outcome.position))

    await at_rate(rate, write, Ending(begin + plan.seconds))
    return writes


def _lag(rate: float, writes: Sequence[Write], announcements: Announcements) -> Lag:
    timed = [(write, announcements.moment(write.position)) for write in writes]
    return Lag(
        rate,
        len(writes),
        acknowledged=spread([write.acknowledged - write.due for write in writes]),
        visible=spread([visible - write.due for write, visible in timed]),
        visible_after=spread([max(0.0, visible - write.acknowledged) for write, visible in timed]),
    )


def report(lags: Sequence[Lag]) -> Iterator[str]:
    head = [
        "writes a second",
        "visible, times as late as acknowledged (p50)",
        "acknowledged (p50, p95, p99, longest; ms)",
        "visible",
        "visible after the acknowledgement",
    ]
    return table(head, [_row(lag) for lag in lags])


def _row(lag: Lag) -> list[str]:
    ratio = f"{lag.visible.p50 / lag.acknowledged.p50:.1f}"
    spreads = (lag.acknowledged, lag.visible, lag.visible_after)
    return [f"{lag.writes_per_second:,.0f}", ratio, *map(str, spreads)]
