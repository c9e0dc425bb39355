"""`catalog up`: everything on one machine, and all of it ends together."""

import asyncio
import os
import secrets
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated, Never

import typer
from rich.console import Console

from cli import embedded
from cli.address import Address
from cli.administrator import add_first
from cli.data_directory import held
from cli.environment import Administrator, Migration, read
from cli.migration import migrated
from cli.processes import Child, running
from cli.rebuild import is_outdated, rebuild_now
from cli.running import DATA_DIRECTORY, told
from cli.sample_catalog import import_into_empty
from cli.welcome import welcome

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
EMBEDDED: dict[str, Callable[[Path], AbstractContextManager[embedded.Server]]] = {
    "CATALOG_DATABASE_URL": embedded.postgres,
    "CATALOG_REDIS_URL": embedded.redis,
}
MADE_PASSWORD_BYTES = 18

console = Console(highlight=False, soft_wrap=True)


def up(
    data_dir: Annotated[
        Path, typer.Option(envvar="CATALOG_DATA_DIR", help="Where everything is kept.")
    ] = Path(DATA_DIRECTORY),
    host: Annotated[
        str, typer.Option(envvar="CATALOG_HOST", help="The address to listen on.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(envvar="CATALOG_PORT", min=1, max=65_535, help="The API's port.")
    ] = 8000,
    worker_port: Annotated[
        int | None,
        typer.Option(
            envvar="CATALOG_WORKER_PORT",
            min=1,
            max=65_535,
            help="Port of the worker's health and metrics; else the one after the API's.",
        ),
    ] = None,
    sample: Annotated[  # noqa: FBT002 -- Typer makes --sample and --no-sample of it
        bool, typer.Option(envvar="CATALOG_SAMPLE", help="Import a sample into an empty catalog.")
    ] = True,
) -> None:
    """Start everything on this machine: PostgreSQL, Redis, the API and the worker.

    CATALOG_DATABASE_URL and CATALOG_REDIS_URL name servers to use instead of embedded ones,
    CATALOG_ADMIN_USERNAME and CATALOG_ADMIN_PASSWORD the first administrator. Ctrl-C stops it all.
    """
    _take_signals()
    api = Address(host, port)
    worker = Address("127.0.0.1", worker_port or port + 1)
    try:
        with held(data_dir) as directory:
            api.refuse_taken("--port")
            worker.refuse_taken("--worker-port")
            _run(directory, api, worker, sample=sample)
    except KeyboardInterrupt:
        console.print("Stopped.")


def _take_signals() -> None:
    for number in SIGNALS:
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # as by nohup
            signal.signal(number, _stop_once)


def _stop_once(_number: int, _frame: FrameType | None) -> Never:
    """A second signal must not interrupt the orderly end that the first one began."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _run(directory: Path, api: Address, worker: Address, *, sample: bool) -> Never:
    console.print("Starting …")
    with _servers(directory) as servers:
        url = migrated(read(Migration))
        if asyncio.run(is_outdated(url)):
            rebuild_now()
        if sample:
            import_into_empty(url, directory, console)
        given = _administrator()
        os.environ |= {"CATALOG_HOST": api.host, "CATALOG_PORT": str(api.port)}
        os.environ["CATALOG_WORKER_PORT"] = str(worker.port)
        os.environ.setdefault("CATALOG_UPLOADS_DIRECTORY", str(directory / "uploads"))
        with (
            _python("worker", "worker", directory) as working,
            _python("api", "serve", directory) as serving,
        ):
            api.await_ready(serving)
            made_password = _add_administrator(url, given)
            console.print(welcome(api, worker, directory, given.username, made_password))
            vital = [child for child in servers if child.name == embedded.POSTGRES]
            _watch(vital, [child for child in (*servers, working, serving) if child not in vital])


@contextmanager
def _servers(directory: Path) -> Iterator[list[Child]]:
    """Those that the environment doesn't name; afterwards it names them all."""
    with ExitStack() as stack:
        started = {
            variable: stack.enter_context(start(directory))
            for variable, start in EMBEDDED.items()
            if variable not in os.environ
        }
        urls = {variable: server.url for variable, server in started.items()}
        os.environ |= urls
        stack.enter_context(told(directory, urls))
        yield [server.child for server in started.values()]


def _administrator() -> Administrator:
    """The one that the environment gives, which the children need not know."""
    given = read(Administrator)
    os.environ.pop("CATALOG_ADMIN_PASSWORD", None)
    return given


def _add_administrator(url: str, given: Administrator) -> str | None:
    """The password that was made, if one was."""
    made = secrets.token_urlsafe(MADE_PASSWORD_BYTES)
    password = given.password.get_secret_value() if given.password else made
    added = asyncio.run(add_first(url, given.username, password))
    return made if added and not given.password else None


def _python(name: str, command: str, directory: Path) -> AbstractContextManager[Child]:
    """Ended as by Ctrl-C: nobody behind a balancer has to hear of it first."""
    return running(name, [sys.executable, "-m", "cli", command], directory, stop=signal.SIGINT)


def _watch(vital: Sequence[Child], others: Sequence[Child]) -> Never:
    """PostgreSQL holds the truth: without it all ends. The others are started again."""
    while True:
        for child in vital:
            child.check()
        for child in others:
            if how := child.revive():
                console.print(f"{child.name} ended {how}; it was started again.")
        time.sleep(0.25)
