"""Catalogs of several sizes, each with its processes: reads, lists, searches, writes, projection.

They take turns within a round, so that whatever else the machine does befalls all alike.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from benchmarks.asking import lagging
from benchmarks.asking.asking import Ask
from benchmarks.growing.grown_catalog import GrownCatalog
from benchmarks.growing.measurements import Measurement, Place
from benchmarks.growing.plan import Plan
from benchmarks.growing.questions import QUESTIONS
from benchmarks.growing.served_catalog import ServedCatalog
from benchmarks.growing.turn import Turn
from benchmarks.harness.installation import Installation
from benchmarks.harness.order import there_and_back
from benchmarks.material.feeds import Row
from benchmarks.material.story import CATALOG
from events.database import driver, pool
from events.log import read_heads

LAG, REBUILD = "projection, lag", "projection, rebuild"
LAGGING = lagging.Schedule(writes_per_second=(100,), seconds=4.0, warm_up_seconds=1.0)


def projected(catalog: GrownCatalog) -> Measurement:
    """How fast its read tables were made of its log, once."""
    per_second = catalog.events / catalog.projected_seconds
    return Place(catalog.events, 0).throughput(REBUILD, per_second)


async def measure(
    catalogs: Sequence[ServedCatalog],
    rows: Sequence[Row],
    ask: Ask,
    plan: Plan,
    told: Callable[[Measurement], None],
) -> list[Measurement]:
    """`told` hears of each as soon as it is there."""
    measured: list[Measurement] = []
    for n in range(plan.rounds):
        for name in (*QUESTIONS, LAG):
            for catalog in there_and_back(catalogs, n):
                place = Place(catalog.events, n)
                if name == LAG:
                    taken = await _lag(catalog.installation, place)
                else:
                    taken = await Turn(catalog, name, place).measured(rows, ask, plan)
                for each in taken:
                    told(each)
                    measured.append(each)
    return measured


async def _lag(installation: Installation, place: Place) -> Iterator[Measurement]:
    """From when a write was due until its announcement."""
    async with (
        pool(installation.database_url, application="catalog-bench", pool_size=1) as engine,
        driver(engine) as connection,
    ):
        head = (await read_heads(connection))[CATALOG]
    [taken] = await lagging.watched(installation, head, LAGGING)
    latency = place.latency(LAG, taken.visible.p50, taken.visible.p99)
    return chain(latency, [place.failed(LAG, taken.refused)])
