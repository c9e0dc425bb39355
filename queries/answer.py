"""An answer of the read side, and the position of the log that it reflects."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer[T]:
    value: T
    position: int
