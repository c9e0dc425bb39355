"""The same questions over and over, each as soon as the one before is answered."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cli.address import Address


@dataclass(frozen=True, slots=True)
class Target:
    path: str
    etag: str | None = None
    """Sent as `If-None-Match`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Targets that are asked in turn, by so many connections."""

    address: Address
    targets: Sequence[Target]
    headers: Mapping[str, str]
    connections: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of it."""

    requests: int
    """Answered as they should be."""
    failed: int
    seconds: float
    p50_ms: float
    p99_ms: float

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


type Ask = Callable[[Asking, float], Coroutine[Any, Any, Asked]]
"""Asks for so many seconds."""
