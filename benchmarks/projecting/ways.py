"""The ways of a whole log: into one table without any check, and into the read tables."""

from collections.abc import Mapping
from datetime import timedelta
from time import perf_counter

import uvloop

from benchmarks.harness.installation import Installation
from benchmarks.material import copying, rebuilding
from benchmarks.material.projected import projected
from benchmarks.material.story import CATALOG
from events.database import driver, pool
from events.nudge import connect, nudge
from projections.leases import Lease, acquire, release
from projections.projector import read_progress

type Taken = Mapping[str, float]
"""Seconds, by what was done in them."""

KEPT_OUT = timedelta(minutes=5)

COPY = "COPY into one table"
LIVE = "live"
COMPLETE = "rebuild, until its tables are complete"
REBUILT = "rebuild, compared and switched to"


def copied(installation: Installation, _events: int) -> Taken:
    """The best that the machine can do, of the events."""
    return {COPY: uvloop.run(_copied(installation))}


async def _copied(installation: Installation) -> float:
    async with (
        pool(installation.database_url, application="catalog-bench") as engine,
        driver(engine) as connection,
    ):
        return await copying.copied(connection, "events", "event_store")


def live(installation: Installation, events: int) -> Taken:
    """One worker process as it is deployed, Redis included, from an empty checkpoint.

    It is ready and looks for work before the clock starts: until then a lease keeps it out.
    """
    lease = uvloop.run(_hold(installation))
    with installation.worker():
        return {LIVE: uvloop.run(_let_project(installation, lease, events))}


async def _hold(installation: Installation) -> Lease:
    async with (
        pool(installation.database_url, application="catalog-bench") as engine,
        driver(engine) as connection,
    ):
        [progress] = await read_progress(connection)
        lease = await acquire(connection, CATALOG, progress.generation, "benchmark", KEPT_OUT)
    if lease is None or progress.checkpoint:
        raise RuntimeError(progress)
    return lease


async def _let_project(installation: Installation, lease: Lease, events: int) -> float:
    async with (
        pool(installation.database_url, application="catalog-bench") as engine,
        driver(engine) as connection,
        connect(installation.redis_url) as redis,
    ):
        await release(connection, lease)
        began = perf_counter()
        await nudge(redis, CATALOG)
        await projected(connection, events)
        return perf_counter() - began


def rebuilt(installation: Installation, _events: int) -> Taken:
    """One process, of what is live by now."""
    told = uvloop.run(rebuilding.rebuilt(installation))
    return {COMPLETE: told["complete_seconds"], REBUILT: told["seconds"]}
