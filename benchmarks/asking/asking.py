"""The same requests over and over, each as soon as the one before is answered."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Literal

from cli.address import Address

NUMBER = "{number}"
"""In a body: replaced by a number that no other request of the same asking has."""
FIRST_NUMBER = 10_000_000
"""As long as what it replaces: a request keeps its length."""


@dataclass(frozen=True, slots=True)
class Target:
    path: str
    etag: str | None = None
    """Sent as `If-None-Match`."""
    method: Literal["GET", "POST", "PUT"] = "GET"
    body: str = ""
    """On one line, with NUMBER once or not at all."""

    @property
    def expected(self) -> HTTPStatus:
        if self.etag:
            return HTTPStatus.NOT_MODIFIED
        return HTTPStatus.CREATED if self.method == "POST" else HTTPStatus.OK


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
