"""How long processes take to start, and how much of a processor that is."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

import psutil

from benchmarks.costing.processes import ARGUMENTS, Start, begun, cpu_seconds
from benchmarks.harness.installation import CATALOG, HOST, Installation, free_port
from cli.address import Address
from cli.processes import running

HELP, UP = "catalog --help", "catalog up"
BARE = "python"
"""That does nothing: what no service can do without."""
SERVERS = {"CATALOG_DATABASE_URL", "CATALOG_REDIS_URL"}
type Started = tuple[str, Start]


def once(installation: Installation) -> Iterator[Started]:
    """Everything but `catalog up`, one after the other."""
    yield BARE, _ended(installation, sys.executable, "-c", "pass")
    yield HELP, _ended(installation, *CATALOG, "--help")
    for kind in ARGUMENTS:
        with begun(installation, kind) as process:
            yield kind, process.start


def _ended(installation: Installation, *command: str) -> Start:
    before, own = monotonic(), os.times()
    subprocess.run(  # noqa: S603 -- the commands are ours
        command, check=True, env=installation.environment, stdout=subprocess.DEVNULL
    )
    after = os.times()
    spent = after.children_user + after.children_system - own.children_user - own.children_system
    return Start(monotonic() - before, spent)


def up(installation: Installation) -> Started:
    """In an empty directory, on servers of its own, until it answers; the sample is there then.

    Raises ServerFailed.
    """
    address, worker = Address(HOST, free_port()), free_port()
    options = ("--port", str(address.port), "--worker-port", str(worker))
    environment = {
        name: value for name, value in installation.environment.items() if name not in SERVERS
    }
    before = monotonic()
    with (
        TemporaryDirectory(prefix="catalog-bench-") as path,
        running(
            "up",
            [*CATALOG, "up", "--data-dir", str(Path(path, "data")), *options],
            Path(path),
            env=environment,
        ) as child,
    ):
        address.await_ready(child)
        seconds = monotonic() - before
        return UP, Start(seconds, cpu_seconds(psutil.Process(child.process.pid)))
