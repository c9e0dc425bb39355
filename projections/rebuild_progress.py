"""How far a rebuild has come, and how long it may still take."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import Literal

type Phase = Literal["filling", "indexing", "catching-up", "comparing", "switching", "done"]
type Report = Callable[[float, Mapping[str, object]], None]
"""Takes the progress, from 0 to 1, and what there is to tell of it."""

SHARE_OF_FILLING = 0.8
"""Of the whole progress; the rest are the phases that follow, each as much as the next."""
FOLLOWING: tuple[Phase, ...] = ("indexing", "catching-up", "comparing", "switching")


@dataclass(slots=True)
class RebuildProgress:
    generation: int
    total_events: int
    report: Report
    phase: Phase = "filling"
    events: int = 0
    began: float = field(default_factory=perf_counter)

    def folded(self, events: int) -> None:
        self.events += events
        self._tell()

    def enter(self, phase: Phase) -> None:
        self.phase = phase
        self._tell()

    @property
    def done(self) -> float:
        if self.phase == "filling":
            return SHARE_OF_FILLING * min(1.0, self.events / max(1, self.total_events))
        if self.phase == "done":
            return 1.0
        part = (1 - SHARE_OF_FILLING) / len(FOLLOWING)
        return SHARE_OF_FILLING + part * FOLLOWING.index(self.phase)

    def _tell(self) -> None:
        elapsed = perf_counter() - self.began
        self.report(
            self.done,
            {
                "generation": self.generation,
                "phase": self.phase,
                "events": self.events,
                "total_events": self.total_events,
                "events_per_second": round(self.events / elapsed) if elapsed else 0,
                "estimate_seconds": round(elapsed / self.done - elapsed, 1) if self.done else None,
            },
        )
