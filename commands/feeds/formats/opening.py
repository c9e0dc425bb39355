"""Opens a feed: what it is, is found out by what is in it."""

import hashlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BufferedReader, FileIO
from pathlib import Path

import msgspec

from commands.errors import UnreadableFeed
from commands.feeds.feed_product import FeedProduct
from commands.feeds.formats import json_array, ndjson
from commands.feeds.formats.csv_rows import Csv
from commands.feeds.formats.json_rows import product_of
from commands.feeds.formats.source import Source, marked, reading, refuse_changed
from commands.feeds.rows import Feed, Form, Row
from events.packed import BUFFER

ROW_BYTES = 2 * 2**20
"""Twice what a request may say of a product. What says nothing of one takes sixty times its length
in memory once it is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a feed is to be read."""

    form: Form | None = None
    """As the feed itself looks, unless it is told."""
    mapping: Mapping[str, str] = field(default_factory=dict)
    """Columns of CSV to fields, or to nothing where they are to be passed over."""
    currency: str = "USD"
    """Of prices that name none: the catalog's default currency."""
    row_bytes: int = ROW_BYTES
    """The most that a row may take; beyond that nobody knows where it ends."""
    unpacked_bytes: int = sys.maxsize
    """The most that may be in a packed feed."""


@dataclass(frozen=True, slots=True)
class _Feed:
    form: Form
    columns: Sequence[str]
    meaning: bytes
    source: Source
    rows: Iterator[Row]
    parse: Callable[[Row], FeedProduct]

    @property
    def size(self) -> int:
        return self.source.size

    @property
    def read(self) -> int:
        return self.source.read

    def __iter__(self) -> Iterator[Row]:
        return self.rows

    def product(self, row: Row) -> FeedProduct:
        return self.parse(row)


@contextmanager
def open_feed(file: Path | FileIO, how: Reading) -> Iterator[Feed]:
    """A feed to be read once, plain or gzip. Raises `UnreadableFeed`, as does what reads it."""
    with _opened(file) as opened:
        source = Source(opened, how.row_bytes, how.unpacked_bytes)
        form = how.form or _form_of(source.head)
        yield _csv(source, how) if form == "csv" else _json(source, form, how)


def identity(file: FileIO, *how_it_is_read: object) -> bytes:
    """SHA-256 of the file as it lies there, and of all that changes what it means.

    Reads all of it, and goes back to its beginning. Raises `UnreadableFeed`, also where somebody
    writes to it meanwhile.
    """
    before = marked(file)
    with reading():
        digest = hashlib.file_digest(file, "sha256")
        file.seek(0)
    refuse_changed(file, before)
    digest.update(repr(how_it_is_read).encode())
    return digest.digest()


def _opened(file: Path | FileIO) -> BufferedReader:
    with reading():
        return BufferedReader(FileIO(file) if isinstance(file, Path) else file, BUFFER)


def _form_of(head: bytes) -> Form:
    match head.lstrip()[:1]:
        case b"[":
            return "json"
        case b"{" | b"":
            return "ndjson"
        case _:
            return "csv"


def _json(source: Source, form: Form, how: Reading) -> Feed:
    if how.mapping:
        raise UnreadableFeed(reason="it has no columns to be mapped: it is JSON")
    rows = json_array.rows(source) if form == "json" else ndjson.rows(source)
    return _Feed(form, (), b"json", source, rows, lambda row: product_of(row.raw))


def _csv(source: Source, how: Reading) -> Feed:
    csv = Csv(source, how.mapping, how.currency)
    meaning = msgspec.json.encode([csv.columns, sorted(how.mapping.items()), how.currency])
    return _Feed("csv", csv.columns, meaning, source, csv.rows(), csv.product)
