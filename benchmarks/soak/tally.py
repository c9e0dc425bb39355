"""What callers were answered, and what they were told of their writes."""

from collections import Counter
from dataclasses import dataclass, field
from http import HTTPStatus
from time import monotonic

from benchmarks.http_client import Answer

type Fact = tuple[str, str]
"""An event's type, and what no other event of that type in the log has."""


@dataclass(frozen=True, slots=True)
class Receipt:
    product: str
    version: int
    position: int


@dataclass(slots=True)
class Write:
    """What somebody wanted, and came of it as far as they know."""

    fact: Fact
    receipt: Receipt | None = None
    refused: bool = False
    """Nothing was written, they were told."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A request that was not answered."""

    what: str
    why: str
    at: float


@dataclass(slots=True)
class Tally:
    wanted: int
    """Requests that are to be answered."""
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    writes: list[Write] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    wrong: Counter[str] = field(default_factory=Counter)
    """Answers that nobody may get: 5xx, but for 503 with `Retry-After`."""
    unexpected: Counter[str] = field(default_factory=Counter)
    """Answers to other requests than these."""

    @property
    def answered(self) -> int:
        return self.statuses.total()

    @property
    def share(self) -> float:
        """Of what is wanted, 0 to 1 and a little more."""
        return self.answered / self.wanted

    def count(self, what: str, answer: Answer, expected: range | int) -> None:
        self.statuses[what, answer.status] += 1
        told = f"{what}: {answer.status}"
        if answer.status == HTTPStatus.SERVICE_UNAVAILABLE and "retry-after" in answer.headers:
            return
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self.wrong[told] += 1
        elif answer.status not in (expected if isinstance(expected, range) else (expected,)):
            self.unexpected[told] += 1

    def failed(self, what: str, error: OSError) -> None:
        self.failures.append(Failure(what, type(error).__name__, monotonic()))
