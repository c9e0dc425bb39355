"""Files that may be gzip, and their lines, none longer than it may be."""

import gzip
import sys
import zlib
from collections.abc import Buffer, Iterator
from functools import partial
from io import BufferedReader, RawIOBase

GZIP = b"\x1f\x8b"
BUFFER = 65_536


class OverlongLine(ValueError):  # noqa: N818 -- it says what the line is
    def __init__(self, number: int, limit: int) -> None:
        super().__init__(f"line {number} is longer than {limit} bytes")


class OverlongContent(ValueError):  # noqa: N818 -- it says what the content is
    def __init__(self, limit: int) -> None:
        super().__init__(f"it unpacks to more than {limit} bytes")


UNREADABLE = (OSError, EOFError, zlib.error, OverlongLine, OverlongContent)
"""All that reading and unpacking may stumble over."""


class _Bounded(RawIOBase):
    """What is in a file of gzip, up to `limit` bytes. Raises `OverlongContent`."""

    def __init__(self, file: BufferedReader, limit: int) -> None:
        self._content = gzip.GzipFile(fileobj=file)
        self._limit = self._left = limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        size = self._content.readinto(buffer)
        self._left -= size
        if self._left < 0:
            raise OverlongContent(self._limit)
        return size


def unpacked(file: BufferedReader, limit: int = sys.maxsize) -> BufferedReader:
    """The file, or what is in it when it is gzip, of however many members (RFC 1952).

    Reading raises `OverlongContent` where more than `limit` bytes are in it.
    """
    if not file.peek(len(GZIP)).startswith(GZIP):
        return file
    return BufferedReader(_Bounded(file, limit), BUFFER)


def bounded_lines(content: BufferedReader, limit: int) -> Iterator[bytes]:
    """Lines with their ends, each of at most `limit` bytes. Raises `OverlongLine`."""
    for number, line in enumerate(iter(partial(content.readline, limit + 1), b""), 1):
        if len(line) > limit:
            raise OverlongLine(number, limit)
        yield line
