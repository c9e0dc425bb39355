"""A feed in batches of rows, none of which has the SKU of another."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from commands.errors import UnreadableFeed
from commands.faults import Fault
from commands.feeds.report import Counts, Failure
from commands.feeds.rows import Feed, Row, Unfit
from commands.input import is_sku

BATCH = 1_000
SETTLED_AT_ONCE = 2
"""Batches, while the next one is decided and the one after that is read."""
BATCH_BYTES = 8 * 2**20
"""After which no more rows are put to a batch: what is read takes several times its length."""
TEXT_KEPT = 65_536
"""Characters of a refused row."""


@dataclass(slots=True)
class Batch:
    """Rows by SKU, with what is known so far of what becomes of them."""

    rows: dict[str, Row] = field(default_factory=dict)
    counts: Counts = field(default_factory=Counts)
    failures: list[Failure] = field(default_factory=list)
    line: int = 0
    size: int = 0

    def fail(self, row: Row, faults: list[Fault]) -> None:
        self.counts.failed += 1
        self.failures.append(Failure(row.line, _storable(row.sku), faults, _text(row)))

    def take(self, row: Row) -> None:
        self.counts.rows += 1
        self.line = row.line
        self.size += len(row.raw)


def batches(feed: Feed, after: int, limit: int) -> Iterator[Batch]:
    """Of the rows beyond the line `after`, at most `limit` at a time.

    Raises `UnreadableFeed`, but only after what could be read before it.
    """
    batch = Batch()
    before: deque[Batch] = deque(maxlen=SETTLED_AT_ONCE + 1)
    try:
        for row in feed:
            if row.line <= after:
                continue
            if batch.counts.rows == limit or batch.size > BATCH_BYTES:
                yield batch
                before.append(batch)
                batch = Batch()
            batch.take(row)
            _put(feed, batch, before, row)
    except UnreadableFeed:
        yield batch
        raise
    yield batch


def repeated(line: int) -> list[Fault]:
    return [{"pointer": "/sku", "message": f"the feed has this SKU in line {line} already"}]


def _put(feed: Feed, batch: Batch, before: Iterable[Batch], row: Row) -> None:
    if row.sku is None or not is_sku(row.sku):
        batch.counts.unidentified += 1
        batch.fail(row, _faults(feed, row))
    elif earlier := _earlier(row.sku, [batch, *before]):
        batch.fail(row, repeated(earlier.line))
    else:
        batch.rows[row.sku] = row


def _earlier(sku: str, batches: Iterable[Batch]) -> Row | None:
    """In what is not kept yet."""
    return next((batch.rows[sku] for batch in batches if sku in batch.rows), None)


def _faults(feed: Feed, row: Row) -> list[Fault]:
    try:
        feed.product(row)
    except Unfit as unfit:
        return unfit.faults
    return [{"pointer": "/sku", "message": "it can't be told"}]


def _storable(sku: str | None) -> str | None:
    return None if sku is None else _clean(sku[:200])


def _text(row: Row) -> str:
    return _clean(row.raw[: 4 * TEXT_KEPT].decode(errors="replace")[:TEXT_KEPT])


def _clean(text: str) -> str:
    """As PostgreSQL can keep it."""
    return text.encode(errors="replace").decode().replace("\0", "\ufffd")
