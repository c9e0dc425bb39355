"""A catalog with real events: snapshots that were imported one month after the other."""

from collections.abc import Callable, Sequence
from math import ceil

from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.material.feeds import Snapshot, imported
from events.database import driver, pool
from workers.signing import sign_all


async def fill(
    url: str, snapshots: Sequence[Snapshot], events: int, filled: Callable[[int], None]
) -> int:
    """At least so many events, as copies of the snapshots: the position of the last one.

    The first copy tells how many it takes. The log is signed, as a worker would have done
    meanwhile. `filled` hears of events as they come.
    """
    async with pool(url, application="catalog-bench", pool_size=4, command_timeout=None) as engine:
        head = await _import(engine, snapshots, range(1), 0, filled)
        copies = ceil(events / head)
        if copies > 1:
            head = await _import(engine, snapshots, range(1, copies), head, filled)
        await sign_all(engine)
        async with driver(engine) as connection:
            await connection.execute("vacuum analyze")
    return head


async def _import(
    engine: AsyncEngine,
    snapshots: Sequence[Snapshot],
    copies: range,
    head: int,
    filled: Callable[[int], None],
) -> int:
    for snapshot in snapshots:
        report = await imported(engine, snapshot.lines(copies), snapshot.known_since)
        if report.counts.failed or not report.position:
            raise RuntimeError(report)
        filled(report.position - head)
        head = report.position
    return head
