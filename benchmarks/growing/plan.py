"""How long the logs are, and how long each is measured."""

from collections.abc import Sequence
from dataclasses import dataclass

MOST_PROJECTED = 1_000_000
"""Events of the longest log that read tables are made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    events: Sequence[int] = (10_000, 100_000, 1_000_000, 10_000_000)
    """Of each log."""
    rounds_of_logs: int = 6
    rounds: int = 2
    """Of catalogs that are read."""
    appends: int = 6_400
    """In a turn, of WRITERS together."""
    seconds: int = 1
    """How long a catalog is asked one question, in a turn."""
    connections: int = 16

    @property
    def logs(self) -> Sequence[int]:
        return sorted({*self.events})

    @property
    def catalogs(self) -> Sequence[int]:
        return [events for events in self.logs if events <= MOST_PROJECTED]

    def __str__(self) -> str:
        return (
            f"{self.rounds_of_logs} rounds of {self.appends:,} appends, {self.rounds} rounds of"
            f" {self.seconds} s a question, {self.connections} connections"
        )
