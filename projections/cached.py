"""What Redis holds of a catalog: keys, the forms of their values, and what is announced.

A catalog's state is a token and a position: the documents that carry the token are right up to that
position. A worker vouches for it again and again, by the clock of Redis; nobody believes a state
that none has vouched for lately.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Self
from uuid import UUID

PROJECTED = "catalog:projected"
"""The channel of announcements."""
VOUCHED_SECONDS = 3.0
"""How long the cache is believed after a worker last spoke of it."""
EVERYTHING = "*"
LARGEST = 250_000
"""Characters of a document that is cached: many are looked up at once, and Redis has one thread."""


def state_key(catalog: str) -> str:
    return f"catalog:{{{catalog}}}:projected"


def vouched_key(catalog: str) -> str:
    return f"catalog:{{{catalog}}}:vouched"


def document_key(catalog: str, product: UUID) -> str:
    return f"catalog:{{{catalog}}}:product:{product}"


def sku_key(catalog: str, sku: str) -> str:
    return f"catalog:{{{catalog}}}:sku:{sku}"


@dataclass(frozen=True, slots=True)
class State:
    token: bytes
    """Begins with the number of the switch of generations that it follows, and a dot."""
    position: int

    @classmethod
    def parse(cls, value: bytes) -> Self:
        token, position = value.split()
        return cls(token, int(position))

    def document(self, entry: bytes | None) -> tuple[int, bytes] | None:
        """The version and the bytes of an entry that carries the token."""
        head, _, body = (entry or b"").partition(b"\n")
        if not head.startswith(self.token + b" "):
            return None
        return int(head.split()[1]), body


@dataclass(frozen=True, slots=True)
class Announcement:
    """Reads of a catalog have come to a position, and what is read of some products is changed."""

    catalog: str
    position: int
    changed: Collection[UUID] | None
    """None: whatever was read before."""

    @classmethod
    def parse(cls, message: str) -> Self:
        """Raises ValueError for what is none."""
        catalog, position, changed = message.split(" ")
        if changed == EVERYTHING:
            return cls(catalog, int(position), None)
        return cls(catalog, int(position), [UUID(each) for each in changed.split(",") if each])
