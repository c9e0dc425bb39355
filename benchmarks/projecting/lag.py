"""How soon a write can be read, of a log that tells of a supplier's catalog."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import uvloop

from benchmarks.asking.lagging import Lag, Schedule, watched
from benchmarks.harness.installation import Installation


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan(Schedule):
    feeds: Sequence[Path] = ()
    """Of a supplier's catalog on some days; else of the sample."""
    events: int = 100_000
    """Of the log before, at least."""


QUICK = Plan(events=5_000, writes_per_second=(50,), seconds=1.0, warm_up_seconds=0.5)


def measure(installation: Installation, events: int, plan: Plan) -> list[Lag]:
    """For each rate, with one worker that has caught up with so many events."""
    with installation.worker():
        return uvloop.run(watched(installation, events, plan))
