"""The files that imports read: each belongs to one job, and goes when that has ended."""

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import FileIO
from pathlib import Path
from time import time

import structlog

from commands.feeds.jobs import FILE, IMPORT, ImportArguments
from commands.jobs import Job
from events.database import Connection, statement
from events.errors import Explained

KEEP_UNCLAIMED = timedelta(days=1)
"""How long a file may wait for its job: the API makes that as soon as the file is whole."""

_FIND_WANTED = statement(__package__, "sql/find_wanted_uploads.sql")
_WHOLE = re.compile(FILE)
_WHOLE_OR_COMING = re.compile(rf"{FILE}(\.part)?")

log = structlog.get_logger(__name__)


class UploadUnseen(Explained):
    """The worker does not see the file: API and workers share one CATALOG_UPLOADS_DIRECTORY."""


class UploadDamaged(Explained):
    """The file is not what was uploaded: nothing of it is imported; upload it again."""


class Uploads:
    def __init__(self, directory: Path) -> None:
        self._directory = directory

    @contextmanager
    def opened(self, arguments: ImportArguments) -> Iterator[FileIO]:
        """The file as it was uploaded, all of which is read for that.

        Raises `UploadUnseen` and `UploadDamaged`.
        """
        path = self._directory / arguments.file
        with _seen(path) as file:
            if not _is_as_uploaded(file, arguments):
                log.error("upload_damaged", path=str(path))
                raise UploadDamaged
            yield file

    def forget(self, job: Job) -> None:
        """The job has ended. What can't be removed now is removed by `clean`."""
        file = job.arguments.get("file")
        if job.kind == IMPORT and isinstance(file, str) and _WHOLE.fullmatch(file):
            self._remove(self._directory / file)

    async def clean(self, connection: Connection) -> int:
        """Remove what no job is going to read: how many files that were."""
        old = list(self._old())
        wanted = {each["file"] for each in await connection.fetch(_FIND_WANTED)}
        return sum(self._remove(path) for path in old if path.name not in wanted)

    def _old(self) -> Iterator[Path]:
        """Nothing but uploads: the directory may be one that others use as well."""
        if not self._directory.is_dir():
            return
        until = time() - KEEP_UNCLAIMED.total_seconds()
        for path in self._directory.iterdir():
            if _WHOLE_OR_COMING.fullmatch(path.name) and _changed_at(path) < until:
                yield path

    def _remove(self, path: Path) -> bool:
        try:
            path.unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            log.warning("upload_not_removed", path=str(path), error=repr(error))
            return False
        return True


def _seen(path: Path) -> FileIO:
    """A file, and nothing that leads elsewhere or that one would wait for."""
    try:
        file = FileIO(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC))
    except OSError as error:
        log.error("upload_unseen", path=str(path), error=repr(error))  # noqa: TRY400 -- no defect
        raise UploadUnseen from error
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        log.error("upload_unseen", path=str(path), error="no regular file")
        raise UploadUnseen
    return file


def _is_as_uploaded(file: FileIO, arguments: ImportArguments) -> bool:
    if os.fstat(file.fileno()).st_size != arguments.size:
        return False
    found = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    return found == arguments.sha256


def _changed_at(path: Path) -> float:
    """Never, where it has gone meanwhile."""
    try:
        return path.lstat().st_mtime
    except FileNotFoundError:
        return float("inf")
