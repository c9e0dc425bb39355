"""A rebuild while others write and read over HTTP: what they notice of it.

Nobody waits for anybody's answer. Half of the reads name the position of a write that was just
answered, and are stale if they show less.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic

import uvloop

from benchmarks.asking.open_loop import Ending, at_rate
from benchmarks.asking.shop import Shop
from benchmarks.asking.shoppers import Seen
from benchmarks.harness.installation import Installation
from benchmarks.harness.spread import Spread, spread

type Rebuild = Callable[[Installation], Awaitable[float]]
"""How all that is read is built anew, and the seconds that it took."""

WHAT = ("write", "read")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    feeds: Sequence[Path] = ()
    """Of a supplier's catalog on some days; else of the sample."""
    events: int = 100_000
    """Of the log before, at least."""
    writes_per_second: float = 200
    reads_per_second: float = 500
    seconds: float = 10.0
    """Before the rebuild begins."""
    warm_up_seconds: float = 5.0
    """To connect, to fill caches and to get going, before the time that counts."""
    settling_seconds: float = 3.0
    """After the rebuild: what the switch leads to counts as its doing."""


QUICK = Plan(
    events=5_000,
    writes_per_second=20,
    reads_per_second=40,
    seconds=1.0,
    warm_up_seconds=0.5,
    settling_seconds=1.0,
)


@dataclass(frozen=True, slots=True)
class Phase:
    """What came of the requests of one kind that were due in a time."""

    what: str
    requests: int
    failures: dict[str, int]
    stale: int
    latency: Spread


@dataclass(frozen=True, slots=True)
class Outcome:
    rebuild_seconds: float
    before: Sequence[Phase]
    during: Sequence[Phase]
    """The settling afterwards included."""

    @property
    def phases(self) -> Sequence[Phase]:
        return *self.before, *self.during


def measure(installation: Installation, events: int, rebuild: Rebuild, plan: Plan) -> Outcome:
    """With a process for each side of the API, and one worker that has caught up with the log."""
    with (
        installation.worker(),
        installation.api("commands") as commands,
        installation.api("queries") as queries,
    ):
        shop = Shop(installation.database_url, commands, queries)
        return uvloop.run(_measure(shop, events, partial(rebuild, installation), plan))


async def _measure(
    shop: Shop, events: int, rebuild: Callable[[], Awaitable[float]], plan: Plan
) -> Outcome:
    async with shop.opened(events) as shoppers:
        ending = Ending()
        async with asyncio.TaskGroup() as shopping:
            shopping.create_task(at_rate(plan.writes_per_second, shoppers.write, ending))
            shopping.create_task(at_rate(plan.reads_per_second, shoppers.read, ending))
            await asyncio.sleep(plan.warm_up_seconds)
            counted = monotonic()
            await asyncio.sleep(plan.seconds)
            begun = monotonic()
            took = await rebuild()
            await asyncio.sleep(plan.settling_seconds)
            ending.moment = monotonic()
    before = [each for each in shoppers.seen if counted <= each.due < begun]
    during = [each for each in shoppers.seen if begun <= each.due]
    return Outcome(took, phases(before), phases(during))


def phases(seen: Sequence[Seen]) -> list[Phase]:
    return [_phase(what, [each for each in seen if each.what == what]) for what in WHAT]


def _phase(what: str, seen: Sequence[Seen]) -> Phase:
    failures = Counter(each.failure for each in seen if each.failure)
    latency = spread([each.seconds for each in seen])
    return Phase(what, len(seen), dict(failures), sum(each.stale for each in seen), latency)
