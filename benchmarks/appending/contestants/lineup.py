"""Whom the benchmark lets write, each with the same signature."""

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.appending.contestants import eventsourcing_recorder, log, pgbench, plain_insert
from benchmarks.asking.load import Load, Window

type Write = Callable[[str, int, Window], Load]
"""Lets so many writers loose on the database at a URL, in the calling process."""


@dataclass(frozen=True, slots=True)
class Contestant:
    name: str
    write: Write
    processes: int = 1


OURS = Contestant("the log", log.in_groups)
OURS_IN_3 = Contestant("the log, 3 processes", log.in_groups, processes=3)
ONE_EACH = Contestant("one append a transaction", log.one_by_one)
PLAIN = Contestant("plain insert", plain_insert.write)
PGBENCH = Contestant("pgbench", pgbench.write)
EVENTSOURCING = Contestant("eventsourcing", eventsourcing_recorder.with_table_lock)
EVENTSOURCING_FUNCTIONS = Contestant(
    "eventsourcing, functions", eventsourcing_recorder.with_functions
)
ALL = (
    OURS,
    PGBENCH,
    ONE_EACH,
    OURS_IN_3,
    PLAIN,
    EVENTSOURCING,
    EVENTSOURCING_FUNCTIONS,
)
