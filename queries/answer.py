"""An answer of the read side, and the position of the log that it reflects."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer[T]:
    value: T
    position: int
    stands_still: bool = False
    """Whether it reflects no more than that until somebody intervenes: its product is parked."""
    stale_seconds: int | None = None
    """For how long nobody has vouched for it; None when it was vouched for, or is PostgreSQL's."""
