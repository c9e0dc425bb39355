"""The directory that `catalog up` keeps everything in, held by one process at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from cli.errors import AlreadyRunning, UnusableDirectory
from cli.processes import end_leftovers


@contextmanager
def held(path: Path) -> Iterator[Path]:
    """The directory, made when missing, without processes of an earlier holder."""
    directory = path.expanduser().resolve()
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = (directory / "lock").open("a+")
    except OSError as exc:
        raise UnusableDirectory(path, exc.strerror) from None
    with lock:
        _take(lock, directory)
        end_leftovers(directory)
        try:
            yield directory
        finally:
            end_leftovers(directory)


def _take(lock: TextIO, directory: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        raise AlreadyRunning(directory, lock.read().strip()) from None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
