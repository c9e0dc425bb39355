"""Made-up figures of benchmarks, and what is told of them."""

from collections.abc import Iterable

from benchmarks.harness.machine import Machine
from benchmarks.harness.shown import Shown

MACHINE = Machine(
    processor="Abacus",
    cores=2,
    memory_gib=24,
    fsync_ms=0.5,
    load_before=0.1,
    system="Linux",
    python="3.12",
    packages={"eventsourcing": "9.5"},
    postgresql={"fsync": "on"},
)


def broken(shown: Iterable[Shown]) -> list[str]:
    """What was promised and not kept."""
    return [each.what for each in shown if not each.kept]
