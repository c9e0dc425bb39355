"""Files that are read line by line, plain or gzip, one after the other."""

import gzip
import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import cast

from cli.errors import UnreadableFile

GZIP = b"\x1f\x8b"
STANDARD_INPUT = Path("-")


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
                for number, line in enumerate(unpacked(file), 1):
                    self.place = f"{path}, line {number}"
                    self.done = before + (file.tell() if seekable else 0)
                    yield line

    @property
    def size(self) -> int:
        """The bytes of all files; 0 when nobody knows."""
        if STANDARD_INPUT in self._files:
            return 0
        return sum(path.stat().st_size for path in self._files)


def unpacked(file: BufferedReader) -> Iterator[bytes]:
    """The lines of a file, of what is in it when it is gzip."""
    if file.peek(len(GZIP)).startswith(GZIP):
        with gzip.open(file) as within:
            yield from within
    else:
        yield from file


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Raises `UnreadableFile` for all that reading and unpacking may stumble over."""
    try:
        yield
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableFile(path, error) from error


@contextmanager
def _opened(path: Path) -> Iterator[BufferedReader]:
    if path == STANDARD_INPUT:
        yield cast("BufferedReader", sys.stdin.buffer)
    else:
        with path.open("rb") as file:
            yield file
