"""Rounds, each with a database, a Redis and a worker process of its own."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import uvloop

from benchmarks.harness.fresh import fresh
from benchmarks.harness.installation import Installation
from benchmarks.harness.rounds import rounds_of
from benchmarks.importing.cells import Cell, Month
from benchmarks.importing.command_line import by_command
from benchmarks.importing.files import write
from benchmarks.importing.over_http import over_http
from benchmarks.importing.turn import Turn
from benchmarks.importing.ways import Way
from benchmarks.material.feeds import Snapshot
from benchmarks.material.months import expected
from cli.processes import Child

COMMAND, HTTP = "catalog import", "POST …/imports"
WAYS: Mapping[str, Way] = MappingProxyType({COMMAND: by_command, HTTP: over_http})


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    rounds: int = 2
    sample: int = 50_000
    """Rows of its first month, or some more: it is repeated under other SKUs."""
    ways: Sequence[str] = (COMMAND,)
    kill_worker: bool = False
    """In the middle of the first import of every second round."""
    snapshots: int | None = None
    """The first of them; None: all."""
    rows: int = 1_000_000
    """Of the feed whose memory is measured; 0 leaves it out."""


QUICK = Plan(rounds=3, sample=10_000, snapshots=1, rows=0)


@dataclass(frozen=True, slots=True)
class Course:
    cells: Sequence[Cell]
    digests: Sequence[str]
    """Of what could be read in the end, round by round."""

    @property
    def by_feed(self) -> Mapping[str, Sequence[Cell]]:
        return rounds_of(self.cells, lambda cell: f"{cell.month}, {cell.way}")

    @property
    def feeds(self) -> Sequence[str]:
        """As they were imported, with their rows."""
        return list(dict.fromkeys(f"{cell.month.snapshot}" for cell in self.cells))

    @property
    def first(self) -> Sequence[Cell]:
        """The rounds of the first feed, by the command."""
        return [cell for cell in self.cells if cell.month.is_first and cell.way == COMMAND]


def measure(
    installation: Installation,
    snapshots: Sequence[Snapshot],
    plan: Plan,
    say: Callable[[str], None],
) -> Course:
    """On copies of the installation's database, which is migrated and empty.

    `say` hears how far it has come.
    """
    months = [
        Month(snapshot, write(snapshot, installation.directory), did)
        for snapshot, did in zip(snapshots, expected(snapshots), strict=True)
    ]
    cells: list[Cell] = []
    digests = []
    for number in range(plan.rounds):
        kills = plan.kill_worker and number % 2 == 1
        for way in plan.ways:
            say(f"round {number + 1}, {way}: {len(months)} feeds, each twice")
            with fresh(installation, f"feeds_{number}") as place, place.worker() as worker:
                found, digest = uvloop.run(
                    _taken(place, months, way, number, worker if kills else None)
                )
            cells += found
            digests.append(digest)
    return Course(cells, digests)


async def _taken(
    place: Installation, months: Sequence[Month], way: str, number: int, killed: Child | None
) -> tuple[list[Cell], str]:
    async with Turn.opened(place, WAYS[way]) as turn, asyncio.TaskGroup() as group:
        if killed:
            group.create_task(turn.kill_half_way(killed, months))
        cells = await turn.take(months, way, number)
        return cells, await turn.digest()
