"""What comes to disk stays for its job, and for nobody else."""

import errno
import os
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from api.errors import Forbidden, StorageFull, TooManyUploads
from api.imports.receiving import Receiving
from api.imports.spool import Spool
from events.errors import DatabaseUnavailable
from tests.uploading import Room

FEED = b"{}"


async def feed(piece: bytes = FEED) -> AsyncIterator[bytes]:
    yield piece


@pytest.fixture
def receiving(tmp_path: Path) -> Iterator[Receiving]:
    made = Receiving(tmp_path / "uploads", limit=4)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("error", "stays"), [(Forbidden, False), (DatabaseUnavailable, True), (ZeroDivisionError, True)]
)
async def test_a_feed_goes_when_no_job_has_it_for_certain(
    receiving: Receiving, tmp_path: Path, *, error: type[Exception], stays: bool
) -> None:
    with pytest.raises(error):
        async with receiving.received("anna", feed()) as upload:
            raise error
    assert (tmp_path / "uploads" / upload.file).exists() == stays


async def test_one_user_has_half_of_the_places(receiving: Receiving) -> None:
    async with receiving.received("anna", feed()), receiving.received("anna", feed()):
        with pytest.raises(TooManyUploads):
            async with receiving.received("anna", feed()):
                raise AssertionError("it is taken in")
        async with receiving.received("bert", feed()), receiving.received("bert", feed()):
            with pytest.raises(TooManyUploads):
                async with receiving.received("carla", feed()):
                    raise AssertionError("it is taken in")
    async with receiving.received("anna", feed()):
        pass


@pytest.mark.parametrize("method", ["__init__", "write", "keep"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS])
async def test_where_nothing_can_be_written_the_store_is_full(
    receiving: Receiving,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    code: int,
) -> None:
    def fails(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(Spool, method, fails)
    with pytest.raises(StorageFull):
        async with receiving.received("anna", feed()):
            raise AssertionError("it is taken in")
    assert not Room(tmp_path / "uploads").files()


@pytest.fixture
def public(tmp_path: Path) -> Path:
    """Where anybody may write, as in `/tmp`."""
    tmp_path.chmod(0o1777)
    return tmp_path


def theirs(directory: Path) -> None:
    directory.mkdir()
    directory.chmod(0o777)


def elsewhere(directory: Path) -> None:
    other = directory.with_name("other")
    other.mkdir()
    directory.symlink_to(other)


@pytest.mark.parametrize("made", [theirs, elsewhere])
async def test_where_anybody_may_write_only_a_directory_of_ours_will_do(
    receiving: Receiving, public: Path, made: Callable[[Path], None]
) -> None:
    made(public / "uploads")
    with pytest.raises(StorageFull):
        async with receiving.received("anna", feed()):
            raise AssertionError("it is taken in")


async def test_in_such_a_place_it_makes_its_own(receiving: Receiving, public: Path) -> None:
    async with receiving.received("anna", feed()):
        assert (public / "uploads").stat().st_mode & 0o777 == 0o700
