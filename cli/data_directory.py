"""The directory that `catalog up` keeps everything in, held by one process at a time."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from cli.errors import AlreadyRunning, UnusableDirectory
from cli.processes import end_leftovers
from cli.running import forget

LEAST_FREE_BYTES = 200_000_000
"""An empty PostgreSQL with its first log segments takes half of it."""


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
        if shutil.disk_usage(directory).free < LEAST_FREE_BYTES:
            raise UnusableDirectory(path, "less than 200 MB are free")
        end_leftovers(directory)
        forget(directory)
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
