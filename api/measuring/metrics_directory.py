"""Where processes that share a port keep what they measure: files of prometheus_client.

Each process has its own (https://prometheus.github.io/client_python/multiprocess/). Who supervises
them prepares the directory, and forgets who has ended.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import mark_process_dead

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""prometheus_client looks for it when it is imported."""
_PREFIX = "catalog-metrics-"
_LOCK = "lock"


@contextmanager
def prepared() -> Iterator[dict[str, str]]:
    """The environment of processes that are to share their metrics: a directory, for the block.

    It is locked as long as this process lives. What killed ones left behind is removed.
    """
    _remove_left()
    with TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True) as name:
        directory = Path(name)
        with _owned(directory, fcntl.LOCK_EX):
            (directory / _LOCK).touch()
            yield {VARIABLE: name}


def _remove_left() -> None:
    """One without its file is being made, and is about to be locked."""
    for directory in Path(gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError), _owned(directory, fcntl.LOCK_EX | fcntl.LOCK_NB):
            if (directory / _LOCK).exists():
                shutil.rmtree(directory)


@contextmanager
def _owned(directory: Path, how: int) -> Iterator[None]:
    opened = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(opened, how)
        yield
    finally:
        os.close(opened)


def forget(pid: int, environment: Mapping[str, str]) -> None:
    """A process has ended: what it counted still counts, what was so while it lived does not."""
    directory = Path(environment[VARIABLE])
    with locked(directory, fcntl.LOCK_EX):
        mark_process_dead(pid, str(directory))  # type: ignore[no-untyped-call]
        for kind in ("counter", "histogram"):
            ended = directory / f"{kind}_{pid}.db"
            if has_values(ended):
                _add(ended, directory / f"{kind}_ended.db")
            ended.unlink(missing_ok=True)


def has_values(file: Path) -> bool:
    """An empty one is being made, or who made it was killed meanwhile."""
    return file.exists() and file.stat().st_size > 0


def _add(ended: Path, kept: Path) -> None:
    """One file for all who have ended, however many they are."""
    sums = MmapedDict(str(kept))  # type: ignore[no-untyped-call]
    for key, value, timestamp, _ in MmapedDict.read_all_values_from_file(str(ended)):  # type: ignore[no-untyped-call]
        before, _ = sums.read_value(key)  # type: ignore[no-untyped-call]
        sums.write_value(key, before + value, timestamp)  # type: ignore[no-untyped-call]
    sums.close()  # type: ignore[no-untyped-call]


@contextmanager
def locked(directory: Path, how: int) -> Iterator[None]:
    """So that no scrape counts twice, or not at all, what is being added up; `how` of flock(2)."""
    with Path(directory, _LOCK).open("ab") as lock:
        fcntl.flock(lock, how)
        yield
