"""A supplier's whole catalog, day after day: what a day leaves out is archived till it returns."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.feeds import Row, Snapshot, imported
from benchmarks.projected import projected
from benchmarks.story import ACTOR, CATALOG, CORRELATION_ID
from commands.appending import KIND, Circumstances
from commands.claims import SKU
from commands.handle import handle
from commands.product.messages import ArchiveProduct, ProductCommand, RestoreProduct
from commands.write_side import WriteSide
from events.appender import Appender
from events.database import driver, pool
from events.log import find_claims, read_heads


@dataclass(frozen=True, slots=True)
class Month:
    """How many products a snapshot was another word about."""

    created: int
    changed: int
    restored: int
    archived: int

    def __str__(self) -> str:
        return (
            f"{self.created:,} created, {self.changed:,} changed,"
            f" {self.restored:,} restored, {self.archived:,} archived"
        )


async def fill(
    url: str, snapshots: Sequence[Snapshot], told: Callable[[Snapshot, Month], None]
) -> list[Month]:
    """What each snapshot did, as soon as a worker has projected all of them.

    `told` hears of each before.
    """
    months = []
    async with pool(url, application="catalog-bench", pool_size=4, command_timeout=None) as engine:
        async for snapshot, month in _imported(engine, snapshots):
            told(snapshot, month)
            months.append(month)
        async with driver(engine) as connection:
            await projected(connection, (await read_heads(connection))[CATALOG])
            await connection.execute("vacuum analyze")
    return months


def expected(snapshots: Sequence[Snapshot]) -> Iterator[Month]:
    """What each should do, told from the snapshots alone."""
    known: dict[str, Row] = {}
    offered: set[str] = set()
    for snapshot in snapshots:
        rows = {row["sku"]: row for row in snapshot.rows}
        yield Month(
            created=len(rows.keys() - known.keys()),
            changed=sum(known[sku] != row for sku, row in rows.items() if sku in known),
            restored=len(rows.keys() & known.keys() - offered),
            archived=len(offered - rows.keys()),
        )
        known |= rows
        offered = {*rows}


async def _imported(
    engine: AsyncEngine, snapshots: Sequence[Snapshot]
) -> AsyncIterator[tuple[Snapshot, Month]]:
    offered: set[str] = set()
    archived: set[str] = set()
    for snapshot in snapshots:
        skus = {row["sku"] for row in snapshot.rows}
        returned, gone = archived & skus, offered - skus
        await _command(engine, snapshot, returned, RestoreProduct())
        report = await imported(engine, snapshot.lines(range(1)), snapshot.known_since)
        if report.failed:
            raise RuntimeError(report)
        await _command(engine, snapshot, gone, ArchiveProduct(reason="left out of the feed"))
        offered, archived = skus, (archived - returned) | gone
        yield snapshot, Month(report.created, report.changed, len(returned), len(gone))


async def _command(
    engine: AsyncEngine, snapshot: Snapshot, skus: Collection[str], command: ProductCommand
) -> None:
    side = WriteSide(Appender(engine, CATALOG, KIND, queue_limit=2_000, batch_limit=500))
    circumstances = Circumstances(
        actor=ACTOR, correlation_id=CORRELATION_ID, occurred_at=snapshot.known_since
    )
    async with driver(engine) as connection:
        streams = await find_claims(connection, CATALOG, SKU, skus)
    async with asyncio.TaskGroup() as group:
        for stream in streams.values():
            group.create_task(handle(side, stream, [command], circumstances))
    await side.drain()
