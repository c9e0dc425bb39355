"""Where a command writes: a file is there when it is complete, and not before."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import typer

from cli.errors import OutputInterrupted

STANDARD_OUTPUT = Path("-")
NOBODY_READS = 141
"""As a shell tells of a program that SIGPIPE ended."""


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
    output = _opened(partial, path)
    try:
        with output:
            yield output
            os.fsync(output.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _opened(partial: Path, path: Path) -> BinaryIO:
    """Raises an `OSError` of the path that somebody typed."""
    try:
        return partial.open("xb")
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


@contextmanager
def writing() -> Iterator[None]:
    """Around what writes: within a connection an OSError would pass for the database's.

    Where nobody reads any more, as behind `| head`, a command ends without a word. Raises
    `OutputInterrupted`.
    """
    try:
        yield
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(NOBODY_READS) from None
    except OSError as error:
        raise OutputInterrupted(error) from error
