"""A supplier's whole catalog, day after day: what a day leaves out is archived till it returns."""

from collections.abc import Callable, Iterator, Sequence

from benchmarks.material.feeds import Row, Snapshot, imported
from benchmarks.material.projected import caught_up
from commands.feeds.report import Counts
from events.database import driver, pool


def spelled(counts: Counts) -> str:
    names = ("created", "changed", "unchanged", "restored", "archived", "failed")
    return ", ".join(f"{n:,} {name}" for name in names if (n := getattr(counts, name)))


async def fill(
    url: str, snapshots: Sequence[Snapshot], told: Callable[[Snapshot, Counts], None]
) -> list[Counts]:
    """What each snapshot did, as soon as a worker has projected all of them.

    `told` hears of each before.
    """
    months = []
    async with pool(url, application="catalog-bench", pool_size=4, command_timeout=None) as engine:
        for snapshot in snapshots:
            lines = snapshot.lines(range(1))
            report = await imported(engine, lines, snapshot.known_since, "sync")
            told(snapshot, report.counts)
            months.append(report.counts)
        async with driver(engine) as connection:
            await caught_up(connection)
            await connection.execute("vacuum analyze")
    return months


def expected(snapshots: Sequence[Snapshot]) -> Iterator[Counts]:
    """What a sync of each should do, told from the snapshots alone."""
    known: dict[str, Row] = {}
    offered: set[str] = set()
    for snapshot in snapshots:
        rows = {row["sku"]: row for row in snapshot.rows}
        did = Counts(
            rows=len(snapshot.rows),
            created=len(rows.keys() - known.keys()),
            changed=sum(known[sku] != row for sku, row in rows.items() if sku in offered),
            restored=len(rows.keys() & known.keys() - offered),
            archived=len(offered - rows.keys()),
        )
        did.unchanged = did.rows - did.created - did.changed - did.restored
        yield did
        known |= rows
        offered = {*rows}
