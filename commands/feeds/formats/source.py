"""The bytes of a feed, as they lie there and unpacked."""

import os
from codecs import BOM_UTF8
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader, IOBase
from json import detect_encoding
from typing import NamedTuple

from commands.errors import UnreadableFeed
from events.packed import UNREADABLE, bounded_lines, unpacked

FOREIGN = {
    b"PK\x03\x04": "a ZIP archive or a workbook: unpack it, or save the sheet as CSV",
    b"\xd0\xcf\x11\xe0": "a workbook: save the sheet as CSV",
    b"PAR1": "Parquet",
    b"\x28\xb5\x2f\xfd": "packed by zstd: unpack it, or pack it by gzip",
    b"BZh": "packed by bzip2: unpack it, or pack it by gzip",
    b"\xfd7zXZ": "packed by xz: unpack it, or pack it by gzip",
    b"<": "XML or HTML",
}
"""What people send instead of a feed, by its first bytes."""


class Mark(NamedTuple):
    """What a file that nobody writes to keeps."""

    size: int
    mtime_ns: int


class Source:
    """To be read once: by its lines or by its pieces."""

    def __init__(self, file: BufferedReader, row_bytes: int, unpacked_bytes: int) -> None:
        """Raises `UnreadableFeed` for what is no text in UTF-8."""
        self._file = file
        self.row_bytes = row_bytes
        self._mark = marked(file)
        self.size = self._mark.size
        with reading():
            self._content = unpacked(file, unpacked_bytes)
            _check(self._content.peek())
            if self._content.peek().startswith(BOM_UTF8):
                self._content.read(len(BOM_UTF8))
            self.head = self._content.peek()
            """Its beginning, or all of it; never nothing when there is something."""

    @property
    def read(self) -> int:
        """Bytes of the file that have been read, packed as they are."""
        return self._file.tell()

    def lines(self) -> Iterator[bytes]:
        """Raises `UnreadableFeed`, also for a line that is longer than a row may be."""
        with reading():
            yield from bounded_lines(self._content, self.row_bytes)
        refuse_changed(self._file, self._mark)

    def piece(self, size: int) -> bytes:
        """Nothing at the end. Raises `UnreadableFeed`."""
        with reading():
            piece = self._content.read(size)
        if not piece:
            refuse_changed(self._file, self._mark)
        return piece


def marked(file: IOBase) -> Mark:
    stat = os.fstat(file.fileno())
    return Mark(stat.st_size, stat.st_mtime_ns)


def refuse_changed(file: IOBase, since: Mark) -> None:
    """What was read of a file that was written to meanwhile is neither this nor that feed.

    Raises `UnreadableFeed`.
    """
    if marked(file) != since:
        raise UnreadableFeed(reason="it was changed while it was read")


@contextmanager
def reading() -> Iterator[None]:
    """Raises `UnreadableFeed` for all that reading and unpacking may stumble over."""
    try:
        yield
    except UNREADABLE as error:
        raise UnreadableFeed(reason=str(error)) from error


def no_utf8(error: UnicodeDecodeError, line: int | None = None) -> str:
    """What is wrong, with a guess: most of what is no UTF-8 comes from a spreadsheet."""
    place = f" in line {line}" if line else ""
    byte = error.object[error.start]
    return f"byte {byte:#04x}{place} is no UTF-8 (Windows-1252?); save the feed as UTF-8"


def _check(head: bytes) -> None:
    for signature, name in FOREIGN.items():
        if head.startswith(signature):
            raise UnreadableFeed(reason=f"it is {name}")
    encoding = detect_encoding(head).upper()
    if not encoding.startswith("UTF-8"):
        raise UnreadableFeed(reason=f"it is {encoding[:6]}; save it as UTF-8")
