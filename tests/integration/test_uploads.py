"""An uploaded feed lies there for as long as its job may need it, and no longer."""

import os
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from time import time

import msgspec
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from commands.feeds.jobs import IMPORT, ImportArguments
from commands.jobs import Job
from tests.asked_jobs import asked
from workers.schedule import clean_uploads
from workers.uploads import KEEP_UNCLAIMED, UploadDamaged, Uploads, UploadUnseen

MINUTE = timedelta(minutes=1)
OLD = KEEP_UNCLAIMED + MINUTE


def names(directory: Path) -> set[str]:
    return {path.name for path in directory.iterdir()}


def lies(directory: Path, name: str, age: timedelta = timedelta()) -> None:
    path = directory / name
    path.write_bytes(b"{}")
    at = time() - age.total_seconds()
    os.utime(path, (at, at))


def called(letter: str) -> str:
    return letter * 32


WAITS, YOUNG, ORPHAN, FEED = map(called, "abcd")


def arguments(file: str, feed: bytes = b"{}", source: str = "default") -> ImportArguments:
    return ImportArguments(
        file=file,
        size=len(feed),
        sha256=sha256(feed).hexdigest(),
        currency="EUR",
        source=source,
    )


async def importing(engine: AsyncEngine, file: str, source: str = "default") -> Job:
    """Whatever its file is called."""
    told = arguments(FEED, source=source).told() | {"file": file}
    return await asked(engine, IMPORT, **told)


async def test_what_no_job_reads_is_removed_after_a_day(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    """And nothing that is no upload."""
    await importing(engine, WAITS)
    lies(tmp_path, YOUNG, KEEP_UNCLAIMED - MINUTE)
    for name in (WAITS, ORPHAN, f"{FEED}.part", "notes.txt", f"{FEED}.txt"):
        lies(tmp_path, name, OLD)

    await clean_uploads({"engine": engine, "uploads": Uploads(tmp_path)})

    assert names(tmp_path) == {WAITS, YOUNG, "notes.txt", f"{FEED}.txt"}


async def test_before_the_first_upload_there_is_nothing_to_clean(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    await clean_uploads({"engine": engine, "uploads": Uploads(tmp_path / "none")})


async def test_the_file_of_a_job_that_has_ended_is_forgotten(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    uploads, job = Uploads(tmp_path), await importing(engine, FEED)
    lies(tmp_path, FEED)
    for _ in range(2):
        uploads.forget(job)
    assert not names(tmp_path)


async def test_other_jobs_have_no_file(engine: AsyncEngine, tmp_path: Path) -> None:
    lies(tmp_path, FEED)
    Uploads(tmp_path).forget(await asked(engine, file=FEED))
    assert names(tmp_path) == {FEED}


async def test_a_file_that_can_t_be_removed_is_told_of(engine: AsyncEngine, tmp_path: Path) -> None:
    job = await importing(engine, FEED)
    (tmp_path / FEED).mkdir()
    with capture_logs() as logged:
        Uploads(tmp_path).forget(job)
    assert [line["event"] for line in logged] == ["upload_not_removed"]


@pytest.mark.parametrize("file", ["../kept", "/etc/passwd", f"{FEED}\n", "", None, 7])
async def test_nothing_but_an_upload_is_read_or_removed(
    engine: AsyncEngine, tmp_path: Path, file: str
) -> None:
    lies(tmp_path, "kept")
    job = await importing(engine, file)
    Uploads(tmp_path / "uploads").forget(job)
    assert names(tmp_path) == {"kept"}
    with pytest.raises(msgspec.ValidationError):
        ImportArguments.of(job.arguments)


def test_a_job_of_another_release_is_not_guessed_at() -> None:
    with pytest.raises(msgspec.ValidationError, match="unknown field `merge`"):
        ImportArguments.of(arguments(FEED).told() | {"merge": True})


def test_what_was_uploaded_is_read_from_its_beginning(tmp_path: Path) -> None:
    lies(tmp_path, FEED)
    with Uploads(tmp_path).opened(arguments(FEED)) as file:
        assert file.read() == b"{}"


def no_file(_path: Path) -> None:
    """On another disk, perhaps."""


def link(path: Path) -> None:
    lies(path.parent, "secret")
    path.symlink_to(path.parent / "secret")


@pytest.mark.parametrize("there", [no_file, link, Path.mkdir, os.mkfifo])
def test_a_file_that_is_none_is_not_seen(tmp_path: Path, there: Callable[[Path], None]) -> None:
    there(tmp_path / FEED)
    with (
        pytest.raises(UploadUnseen, match="CATALOG_UPLOADS_DIRECTORY"),
        Uploads(tmp_path).opened(arguments(FEED)),
    ):
        raise AssertionError("it is opened")


@pytest.mark.parametrize("lost", [b"{", b"{]"], ids=["cut off", "changed"])
def test_what_is_not_as_it_was_uploaded_is_not_read(tmp_path: Path, lost: bytes) -> None:
    (tmp_path / FEED).write_bytes(lost)
    with pytest.raises(UploadDamaged), Uploads(tmp_path).opened(arguments(FEED)):
        raise AssertionError("it is opened")
