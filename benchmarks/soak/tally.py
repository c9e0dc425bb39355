"""What callers were answered, and what they were told of their writes."""

from collections import Counter
from collections.abc import Container
from dataclasses import dataclass, field
from http import HTTPStatus
from time import monotonic

from benchmarks.asking.http_client import Answer
from benchmarks.soak.writes import PUT_OFF, Write, problem


@dataclass(frozen=True, slots=True)
class Failure:
    """A request that was not answered, or with 503."""

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
    unavailable: list[Failure] = field(default_factory=list)
    """Each 503."""
    wrong: Counter[str] = field(default_factory=Counter)
    """Answers that nobody may get: 5xx, but for 503 with `Retry-After`."""
    unexpected: Counter[str] = field(default_factory=Counter)
    """Answers to other requests than these."""

    @property
    def answered(self) -> int:
        """Who was put off was not."""
        return sum(n for (_, status), n in self.statuses.items() if status not in PUT_OFF)

    @property
    def share(self) -> float:
        """Of what is wanted, 0 to 1 and a little more."""
        return self.answered / self.wanted

    def count(self, what: str, answer: Answer, expected: Container[int]) -> None:
        self.statuses[what, answer.status] += 1
        told = f"{what}: {answer.status}"
        if answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
            self.unavailable.append(Failure(what, problem(answer), monotonic()))
            if "retry-after" in answer.headers:
                return
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self.wrong[told] += 1
        elif answer.status not in expected:
            self.unexpected[told] += 1

    def failed(self, what: str, error: OSError) -> None:
        self.failures.append(Failure(what, type(error).__name__, monotonic()))
