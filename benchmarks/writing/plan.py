"""Who writes how, and for how long."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

type Method = Literal["POST", "PUT"]

METHODS: Sequence[Method] = ("POST", "PUT")
OURS, PROJECTED = "ours", "ours, with a worker that projects it meanwhile"
CRUD = "CRUD"
EVENTSOURCING, FUNCTIONS = "eventsourcing", "eventsourcing, functions"
EVERYBODY = (OURS, CRUD, PROJECTED, EVENTSOURCING, FUNCTIONS)
BOTH = (OURS, PROJECTED)
"""Of us: without anybody who reads, and as a catalog is run."""
IN_PROCESS = (EVENTSOURCING, FUNCTIONS)
"""Called without HTTP: instead of connections they have threads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    contestants: Sequence[str] = EVERYBODY
    connections: Sequence[int] = (1, 16, 64, 256)
    """Of services without a worker."""
    projected: Sequence[int] = (16, 64, 256)
    """Connections of ours with a worker."""
    threads: Sequence[int] = (1, 16, 64)
    rounds: int = 3
    seconds: float = 1
    """Of a turn; wrk makes whole ones of it."""
    products: int = 5_000
    """That are there from the beginning, and whose prices are changed."""
    pool: int = 10
    """The connections of CRUD to its database."""

    def loads(self, contestant: str) -> Sequence[int]:
        """Its numbers of connections, or of threads."""
        if contestant == PROJECTED:
            return self.projected
        return self.threads if contestant in IN_PROCESS else self.connections

    @property
    def turns(self) -> int:
        return self.rounds * len(METHODS) * sum(len(self.loads(each)) for each in self.contestants)


PLAN = Plan()
QUICK = Plan(
    contestants=(OURS, CRUD, EVENTSOURCING),
    connections=(64,),
    threads=(16,),
    seconds=1,
    products=1_000,
)


@dataclass(frozen=True, slots=True)
class Turn:
    method: Method
    writers: int
    """Connections or threads."""
    seconds: float
    number: int
    """No other turn has it."""
