"""The processes of an installation, started one at a time."""

import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Literal

import psutil

from benchmarks.harness.installation import CATALOG, HOST, Installation, free_port
from cli.address import Address
from cli.processes import running

type Kind = Literal["commands", "queries", "all", "several", "worker"]

ARGUMENTS: Mapping[Kind, Sequence[str]] = {
    "commands": ("serve", "--side", "commands"),
    "queries": ("serve", "--side", "queries"),
    "all": ("serve", "--side", "all"),
    "several": ("serve", "--processes", "2"),
    "worker": ("worker",),
}


@dataclass(frozen=True, slots=True)
class Start:
    """Until the process says of itself that it is ready."""

    seconds: float
    cpu_seconds: float
    """With those of its children."""


@dataclass(frozen=True, slots=True)
class Begun:
    process: psutil.Process
    address: Address
    start: Start


@contextmanager
def begun(installation: Installation, kind: Kind) -> Iterator[Begun]:
    """Raises ServerFailed."""
    address = Address(HOST, free_port())
    port = str(address.port)
    environment = {**installation.environment, "CATALOG_PORT": port, "CATALOG_WORKER_PORT": port}
    before = monotonic()
    with running(
        kind,
        [*CATALOG, *ARGUMENTS[kind]],
        installation.directory,
        stop=signal.SIGINT,  # without a drain
        env=environment,
    ) as child:
        address.await_ready(child)
        seconds = monotonic() - before
        process = psutil.Process(child.process.pid)
        yield Begun(process, address, Start(seconds, cpu_seconds(process)))


def cpu_seconds(process: psutil.Process) -> float:
    """Of the process and its children, those that have ended included."""
    times = [each.cpu_times() for each in (process, *process.children(recursive=True))]
    return sum(
        each.user + each.system + each.children_user + each.children_system for each in times
    )
