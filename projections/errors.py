"""What a rebuild may end with, instead of tables that are read."""

from collections.abc import Sequence
from dataclasses import dataclass

from events.errors import Explained


@dataclass(frozen=True, slots=True)
class Difference:
    """Of a table: its rows in both generations, and the products whose rows are not the same."""

    catalog: str
    table: str
    live_rows: int
    built_rows: int
    products: int
    examples: Sequence[str]
    """Up to five of those products."""


class RebuildFailed(Explained):
    """The tables could not be rebuilt, and what was read before is still read."""


class AlreadyBuilding(RebuildFailed):
    """Read tables are being rebuilt already; wait until that has ended."""


class BuildLost(RebuildFailed):
    """This rebuild was taken for dead and cleaned up; begin again."""


class TablesDiffer(RebuildFailed):
    """The rebuilt tables are not equal to those that are read, and were not switched to.

    Where they are right, rebuild again and accept the differences.
    """

    def __init__(self, differences: Sequence[Difference]) -> None:
        super().__init__(differences=differences)
        self.differences = differences


class NeverEqualPositions(RebuildFailed):
    """The tables that are read don't follow the log, so that nothing could be compared with them.

    Start a worker, or accept that they are replaced unseen.
    """


class NothingToRollBack(RebuildFailed):
    """No earlier generation is kept that this release could go on with."""


class SwitchTimedOut(RebuildFailed):
    """Queries hold the read tables for so long that nothing could be switched; try again."""
