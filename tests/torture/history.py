"""What writers asked and heard, what readers met, and what the store holds in the end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from events.codec import Encoded


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The place of the write's last event."""

    stream: UUID
    version: int
    position: int
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """The writer was told that nothing of this was written."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The writer was told nothing, or that nobody knows."""

    reason: str


type Heard = Acknowledged | Refused | Unanswered


@dataclass(frozen=True, slots=True)
class Answer:
    heard: Heard
    head: int
    """The last position that a reader had met when this was asked."""


@dataclass(slots=True, eq=False, kw_only=True)
class Write:
    """Events that no other write has, to be appended together; asked for once or more often.

    Without a `stream` it registers a product, whose id the service makes. `claims` are taken when
    true and let go when false.
    """

    facts: tuple[Encoded, ...]
    stream: UUID | None = None
    expected: int | None = None
    claims: Mapping[str, bool] = field(default_factory=dict)
    key: str | None = None
    answers: list[Answer] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An event of the log, as it was read."""

    position: int
    stream: UUID
    version: int
    fact: Encoded
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    writes: Sequence[Write]
    log: Sequence[Entry]
    tails: Sequence[Sequence[Entry]]
    """What each reader met, in the order in which it did."""
    head: int
    versions: Mapping[UUID, int]
    claims: Mapping[str, UUID]
