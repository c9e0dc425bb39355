"""What a rebuild may be refused for."""

from events.errors import Refused


class AlreadyBuilding(Refused):
    """Read tables are being rebuilt already; wait until that has ended."""


class BuildLost(Refused):
    """This rebuild was taken for dead and cleaned up; begin again."""


class TablesDiffer(Refused):
    """The rebuilt tables are not equal to those that are read, and were not switched to.

    `differences` counts the rows that differ, by table. Where the rebuilt ones are right, rebuild
    again and accept the differences.
    """


class NeverEqualPositions(Refused):
    """The tables that are read don't follow the log, so that nothing could be compared with them.

    Start a worker, or accept that they are replaced unseen.
    """


class NothingToRollBack(Refused):
    """No earlier generation is kept that this release could go on with."""


class SwitchTimedOut(Refused):
    """Queries hold the read tables for so long that nothing could be switched; try again."""
