"""Reads a second and their latency: ours, a constant's and an ORM's, in the same minutes.

All take turns within a round, so that whatever else the machine does befalls all alike.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from benchmarks.asking.asking import Ask, Asked
from benchmarks.asking.forgetting import forgetting
from benchmarks.asking.python_client import ask_each
from benchmarks.asking.sources import Source, found, share
from benchmarks.harness.order import there_and_back
from benchmarks.material.feeds import Row
from benchmarks.reading.lineup import Lineup
from benchmarks.reading.plan import Plan
from benchmarks.reading.turns import Turn, turns

MOST_PER_SECOND = 20_000
"""What a process reads from PostgreSQL at most: before it begins anew, all is forgotten."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Who was asked, by how many connections, and of a catalog of how many products."""

    products: int
    turn: str
    connections: int


@dataclass(frozen=True, slots=True)
class Cell:
    setting: Setting
    round: int
    asked: Asked
    found: float | None
    """The share of the products that was found where it had to be."""


async def measure(
    lineups: Sequence[Lineup],
    asked_for: Sequence[Row],
    plan: Plan,
    ask: Ask,
    told: Callable[[Cell], None],
) -> list[Cell]:
    """`told` hears of each cell as soon as it is there."""
    taking = [(lineup, turn) for lineup in lineups for turn in await turns(lineup, asked_for, plan)]
    cells = []
    for n in range(plan.rounds):
        for lineup, turn in there_and_back(taking, n):
            setting = Setting(lineup.size, turn.name, turn.asking.connections)
            rotated = turn.rotated(n / plan.rounds)
            cells.append(Cell(setting, n, *await _asked(lineup, rotated, plan, ask)))
            told(cells[-1])
    return cells


async def _asked(lineup: Lineup, turn: Turn, plan: Plan, ask: Ask) -> tuple[Asked, float | None]:
    """Where it may be in a cache, it is by then. What failed on the way there counts, too."""
    if turn.source == "database":
        seconds = len(turn.asking.targets) / MOST_PER_SECOND
        async with forgetting(lineup.installation, seconds):
            return await _counting(turn, turn.source, plan, ask)
    first = await ask_each(replace(turn.asking, connections=plan.connections))
    if turn.source is None:
        asked, there = await ask(turn.asking, plan.seconds), None
    else:
        asked, there = await _counting(turn, turn.source, plan, ask)
    failed = sum(not each.well for each in first)
    return replace(asked, failed=asked.failed + failed), there


async def _counting(turn: Turn, source: Source, plan: Plan, ask: Ask) -> tuple[Asked, float]:
    before = await found(turn.asking.address)
    asked = await ask(turn.asking, plan.seconds)
    return asked, share(source, await found(turn.asking.address) - before)
