"""What the write side holds the streams of a log to."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from events.append import Claim
from events.product import ProductEvent


@dataclass(frozen=True, slots=True)
class Rules:
    """`kind` is that of all streams; `begins` tells whether an event may be the first of one.

    `beyond` tells why no command could have led to an event.
    """

    kind: str
    begins: Callable[[ProductEvent], bool]
    claims_of: Callable[[ProductEvent], Iterable[Claim]]
    beyond: Callable[[ProductEvent], str | None] = lambda _: None
