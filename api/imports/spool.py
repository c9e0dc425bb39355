"""A feed on its way to disk: nowhere whole in memory, and nothing of it left if it does not come.

What is not whole yet ends in `.part`.
"""

import errno
import hashlib
import os
import secrets
import shutil
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

LEFT_FREE = 0.05
"""Of a file system, where others may write as well."""


@dataclass(frozen=True, slots=True)
class Upload:
    file: str
    """Its name in the directory."""
    size: int
    sha256: str
    """In hexadecimal."""


class Spool:
    """Each method may be in a thread, while another is given up: a file's own lock orders them."""

    def __init__(self, directory: Path) -> None:
        """Raises `OSError`, as does all that is done with it."""
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        _check(directory)
        self._path = directory / secrets.token_hex(16)
        self._part = self._path.with_suffix(".part")
        new = os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode=0o600)
        self._file = os.fdopen(new, "wb")
        self._digest = hashlib.sha256()

    def write(self, piece: bytes) -> None:
        usage = shutil.disk_usage(self._path.parent)
        if usage.free - len(piece) < LEFT_FREE * usage.total:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._digest.update(piece)
        self._file.write(piece)

    def keep(self) -> Upload:
        size = self._file.tell()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._part.rename(self._path)
        _sync(self._path.parent)
        return Upload(self._path.name, size, self._digest.hexdigest())

    def discard(self) -> None:
        with suppress(OSError):  # of what it could not write
            self._file.close()
        self._part.unlink(missing_ok=True)
        self._path.unlink(missing_ok=True)


def _check(directory: Path) -> None:
    """Where anybody may write, as in `/tmp`, somebody else may have made it, or a link."""
    if not directory.parent.stat().st_mode & stat.S_IWOTH:
        return
    found = directory.lstat()
    is_ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
    if not is_ours or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise PermissionError(errno.EACCES, "others may write there", str(directory))


def _sync(directory: Path) -> None:
    """So that the file's name is durable, too."""
    opened = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
