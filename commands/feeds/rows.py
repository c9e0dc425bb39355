"""What a feed is made of, whatever its format."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from commands.faults import Fault
from commands.feeds.feed_product import FeedProduct

type Form = Literal["ndjson", "json", "csv"]


@dataclass(frozen=True, slots=True)
class Row:
    """One product of a feed, not yet looked into."""

    line: int
    """From 1: of a text the line where the row begins, of a JSON array the number of its element.
    """
    sku: str | None
    """None where none can be told."""
    raw: bytes
    """As it came; see `Feed.meaning`."""
    fault: str | None = None
    """Why it is no row, where that shows by reading it."""


class Unfit(Exception):  # noqa: N818 -- an answer, not a fault
    """A row is no product."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(faults)
        self.faults = list(faults)


class Feed(Protocol):
    """A feed that is being read, once, from its beginning to its end."""

    @property
    def form(self) -> Form: ...

    @property
    def columns(self) -> Sequence[str]:
        """Of CSV, as its header has them; of others none."""

    @property
    def meaning(self) -> bytes:
        """Of form, columns and mapping: the same bytes under the same meaning say the same."""

    @property
    def size(self) -> int:
        """Bytes of the file, as it lies there."""

    @property
    def read(self) -> int:
        """Bytes of them that have been read."""

    def __iter__(self) -> Iterator[Row]:
        """Rows that are empty are left out. Raises `UnreadableFeed`."""

    def product(self, row: Row) -> FeedProduct:
        """What the row says. Raises `Unfit`."""
