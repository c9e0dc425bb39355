"""Reads a second and their latency: ours, a constant's and an ORM's, in the same minutes.

All take turns within a round, so that whatever else the machine does befalls all alike.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from benchmarks.asking import Ask, Asked
from benchmarks.feeds import Row
from benchmarks.forgetting import forgetting
from benchmarks.python_client import ask_each
from benchmarks.read_lineup import Lineup
from benchmarks.read_sources import Source, found, share
from benchmarks.read_turns import Turn, turns

MOST_PER_SECOND = 20_000
"""What a process reads from PostgreSQL at most: before it begins anew, all is forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    ask: Ask
    rounds: int = 5
    seconds: float = 3
    """How long each is asked, in a round."""
    connections: int = 32


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
    lineups: Sequence[Lineup], asked_for: Sequence[Row], plan: Plan, told: Callable[[Cell], None]
) -> list[Cell]:
    """`told` hears of each cell as soon as it is there."""
    taking = [(lineup, await turns(lineup, asked_for, plan.connections)) for lineup in lineups]
    cells = []
    for n in range(plan.rounds):
        for lineup, turn in _in_order(taking, n):
            setting = Setting(lineup.size, turn.name, turn.asking.connections)
            cells.append(Cell(setting, n, *await _ask(lineup, turn.rotated(n / plan.rounds), plan)))
            told(cells[-1])
    return cells


def _in_order(
    taking: Sequence[tuple[Lineup, Sequence[Turn]]], n: int
) -> Sequence[tuple[Lineup, Turn]]:
    """There and back, so that nobody always comes after the same one."""
    forward = [(lineup, turn) for lineup, its_turns in taking for turn in its_turns]
    return forward[::-1] if n % 2 else forward


async def _ask(lineup: Lineup, turn: Turn, plan: Plan) -> tuple[Asked, float | None]:
    """Where it may be in a cache, it is by then. What failed on the way there counts, too."""
    if turn.source == "database":
        seconds = len(turn.asking.targets) / MOST_PER_SECOND
        async with forgetting(lineup.installation, seconds):
            return await _counting(turn, turn.source, plan)
    first = await ask_each(replace(turn.asking, connections=plan.connections))
    if turn.source is None:
        asked, there = await plan.ask(turn.asking, plan.seconds), None
    else:
        asked, there = await _counting(turn, turn.source, plan)
    failed = sum(not each.well for each in first)
    return replace(asked, failed=asked.failed + failed), there


async def _counting(turn: Turn, source: Source, plan: Plan) -> tuple[Asked, float]:
    before = await found(turn.asking.address)
    asked = await plan.ask(turn.asking, plan.seconds)
    return asked, share(source, await found(turn.asking.address) - before)
