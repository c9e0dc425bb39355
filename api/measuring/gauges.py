"""Gauges of what a process holds at the moment: its pools, its queues, who waits."""

import asyncio

from api.background import Loop
from api.measuring.metrics import APPENDS_WAITING, SIDES, WAITING_READS
from api.resources import Resources
from events.database import pool_state

EVERY_SECONDS = 1.0
"""That a scrape of another process, which tells of this one too, may be late."""


def measure(held: Resources) -> None:
    side = held.settings.side
    if side == "queries":
        SIDES["query"].pooled("database", pool_state(held.engine))
    else:
        SIDES["command"].pooled("database", pool_state(held.engine))
    if side != "commands":
        SIDES["query"].pooled("query_database", pool_state(held.query_engine))
        WAITING_READS.set(held.freshness.waiting)
    for catalog, waiting in held.write_sides.waiting().items():
        APPENDS_WAITING.labels(catalog).set(waiting)


def measuring(held: Resources) -> Loop:
    async def measure_again_and_again() -> None:
        while True:
            measure(held)
            await asyncio.sleep(EVERY_SECONDS)

    return measure_again_and_again
