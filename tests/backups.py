"""PostgreSQL's own programs that take backups and bring them back."""

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cli import embedded
from cli.accounts import postgres_account
from tests.servers import FAST

BINARIES = embedded.postgres_binaries()


def run(program: str, *arguments: str | Path) -> str:
    """What it prints. Raises `CalledProcessError`."""
    command = [BINARIES / program, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def dumped(url: str, directory: Path) -> Path:
    """The database, and the roles of its server, which are no part of it."""
    (directory / "roles.sql").write_text(run("pg_dumpall", "--roles-only", f"--dbname={url}"))
    run("pg_dump", "--format=custom", f"--file={directory / 'catalog.dump'}", url)
    return directory


def brought_back(dump: Path, url: str) -> None:
    """Into a server that has nothing but the empty database."""
    run("psql", "--no-psqlrc", "--quiet", f"--file={dump / 'roles.sql'}", url)
    run("pg_restore", "--exit-on-error", f"--dbname={url}", dump / "catalog.dump")


@contextmanager
def archiving(directory: Path, archive: Path) -> Iterator[str]:
    """A server that keeps its write-ahead log, segment by segment, in another directory."""
    archive.mkdir()
    _hand_over(archive)
    settings = {
        **FAST,
        "archive_mode": "on",
        "archive_command": f"test ! -f {archive}/%f && cp %p {archive}/%f",
    }
    with _started(directory, settings) as url:
        yield url


def copied(url: str, directory: Path) -> None:
    """A base backup: all files of the server, while it works."""
    directory.mkdir()
    data = directory / "postgres"
    options = ("--checkpoint=fast", "--wal-method=none", "--no-sync", "--no-manifest")
    run("pg_basebackup", f"--dbname={url}", f"--pgdata={data}", *options)


@contextmanager
def recovered(directory: Path, archive: Path, until: str) -> Iterator[str]:
    """A server that begins with a base backup, and goes on to that time by what was archived."""
    data = directory / "postgres"
    (data / "recovery.signal").touch()
    _hand_over(data)
    settings = {
        **FAST,
        "restore_command": f"cp {archive}/%f %p",
        "recovery_target_time": until,
        "recovery_target_action": "promote",
    }
    with _started(directory, settings) as url:
        yield url


@contextmanager
def empty(directory: Path) -> Iterator[str]:
    with _started(directory, FAST) as url:
        yield url


@contextmanager
def _started(directory: Path, settings: Mapping[str, str]) -> Iterator[str]:
    directory.mkdir(exist_ok=True)
    with embedded.postgres(directory, settings) as server:
        yield server.url


def _hand_over(path: Path) -> None:
    """To the account that PostgreSQL runs as."""
    if account := postgres_account(path, BINARIES):
        for each in (path, *path.rglob("*")):
            shutil.chown(each, account.uid, account.gid)
