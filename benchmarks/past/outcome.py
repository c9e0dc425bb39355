"""What was found of the past."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from benchmarks.asking.asking import Asked
from benchmarks.harness.rounds import rounds_of
from benchmarks.past.lowest_prices import Checked
from benchmarks.past.then import Compared
from benchmarks.past.turns import Turn
from commands.feeds.report import Counts

LONG = 1_000
"""Events of one product."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lowest:
    products: int
    """That ever had a price, all of which were asked for at each of the moments."""
    moments: Sequence[datetime]
    by_function: Checked
    over_http: Checked
    """Some of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    months: Sequence[Counts]
    expected: Sequence[Counts]
    compared: Sequence[Compared]
    versions: Sequence[tuple[int, Asked]]
    """Of a product of LONG events, in rounds."""
    turns: Sequence[Turn]
    """In rounds."""
    lowest: Lowest

    @property
    def by_version(self) -> Mapping[int, Sequence[Asked]]:
        rounds = rounds_of(self.versions, lambda each: each[0])
        return {version: [asked for _, asked in of] for version, of in rounds.items()}

    @property
    def by_list(self) -> Mapping[str, Sequence[Turn]]:
        return rounds_of(self.turns, lambda turn: turn.name)
