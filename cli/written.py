"""Where a command writes a file: it is there when it is complete, and not before."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from cli.errors import ExportInterrupted

STANDARD_OUTPUT = Path("-")


@contextmanager
def written(path: Path) -> Iterator[BinaryIO]:
    """What replaces the file at its end, standard output, or a pipe or device as it is."""
    if path == STANDARD_OUTPUT:
        yield sys.stdout.buffer
    elif path.exists() and not path.is_file():
        with path.open("wb") as pipe_or_device:
            yield pipe_or_device
    else:
        yield from _replaced(path)


def _replaced(path: Path) -> Iterator[BinaryIO]:
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with partial.open("xb") as output:
            yield output
            os.fsync(output.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def writing() -> Iterator[None]:
    """Around what writes: within a connection an OSError would pass for the database's.

    Raises `ExportInterrupted`.
    """
    try:
        yield
    except OSError as error:
        raise ExportInterrupted(error) from error
