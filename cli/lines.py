"""Files that are read line by line, plain or gzip, one after the other."""

import gzip
import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from io import BufferedReader
from pathlib import Path
from typing import cast

from cli.errors import UnreadableFile

GZIP = b"\x1f\x8b"
STANDARD_INPUT = Path("-")
LINE_BYTES = 128 * 2**20
"""The largest event has 121 MB: 200 attributes of 100 texts of 1,000 characters, each six bytes
as control characters are written."""


class OverlongLine(ValueError):  # noqa: N818 -- it says what the line is
    def __init__(self, number: int, limit: int) -> None:
        super().__init__(f"line {number} is longer than {limit} bytes")


class Lines:
    """The lines of all files: `place` is where the last one stood, `done` the bytes read so far."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._files = files
        self.place = "before the first line"
        self.done = 0

    def __iter__(self) -> Iterator[bytes]:
        """Raises `UnreadableFile`."""
        for path in self._files:
            before = self.done
            with reading(path), _opened(path) as file:
                seekable = file.seekable()
                for number, line in enumerate(unpacked(file, LINE_BYTES), 1):
                    self.place = f"{path}, line {number}"
                    self.done = before + (file.tell() if seekable else 0)
                    yield line

    @property
    def size(self) -> int:
        """The bytes of all files; 0 when nobody knows. Raises `UnreadableFile`."""
        if STANDARD_INPUT in self._files:
            return 0
        return sum(map(_size, self._files))


def unpacked(file: BufferedReader, limit: int) -> Iterator[bytes]:
    """The lines of a file, of what is in it when it is gzip, each of at most `limit` bytes.

    Raises `OverlongLine`.
    """
    if file.peek(len(GZIP)).startswith(GZIP):
        with gzip.open(file) as within:
            yield from _bounded(within, limit)
    else:
        yield from _bounded(file, limit)


def _bounded(file: BufferedReader | gzip.GzipFile, limit: int) -> Iterator[bytes]:
    for number, line in enumerate(iter(partial(file.readline, limit + 1), b""), 1):
        if len(line) > limit:
            raise OverlongLine(number, limit)
        yield line


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Raises `UnreadableFile` for all that reading and unpacking may stumble over."""
    try:
        yield
    except (OSError, EOFError, zlib.error, OverlongLine) as error:
        raise UnreadableFile(path, error) from error


def _size(path: Path) -> int:
    with reading(path):
        return path.stat().st_size


@contextmanager
def _opened(path: Path) -> Iterator[BufferedReader]:
    if path == STANDARD_INPUT:
        yield cast("BufferedReader", sys.stdin.buffer)
    else:
        with path.open("rb") as file:
            yield file
