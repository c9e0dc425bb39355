"""Files that are read line by line, plain or gzip, one after the other."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import cast

from cli.errors import UnreadableFile
from events.packed import UNREADABLE, bounded_lines, unpacked

STANDARD_INPUT = Path("-")
LINE_BYTES = 128 * 2**20
"""The largest event has 121 MB: 200 attributes of 100 texts of 1,000 characters, each six bytes
as control characters are written."""


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
            with reading(path), opened(path) as file:
                seekable = file.seekable()
                for number, line in enumerate(bounded_lines(unpacked(file), LINE_BYTES), 1):
                    self.place = f"{path}, line {number}"
                    self.done = before + (file.tell() if seekable else 0)
                    yield line

    @property
    def size(self) -> int:
        """The bytes of all files; 0 when nobody knows. Raises `UnreadableFile`."""
        if STANDARD_INPUT in self._files:
            return 0
        return sum(map(_size, self._files))


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Raises `UnreadableFile` for all that reading and unpacking may stumble over."""
    try:
        yield
    except UNREADABLE as error:
        raise UnreadableFile(path, error) from error


def _size(path: Path) -> int:
    with reading(path):
        return path.stat().st_size


@contextmanager
def opened(path: Path) -> Iterator[BufferedReader]:
    if path == STANDARD_INPUT:
        yield cast("BufferedReader", sys.stdin.buffer)
    else:
        with path.open("rb") as file:
            yield file
