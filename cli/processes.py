"""Child processes that end with their parent, and what a killed parent left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from cli import tether
from cli.accounts import Account
from cli.errors import ServerFailed

PATIENCE_SECONDS = 15.0
REVIVALS, REVIVAL_SECONDS = 5, 60.0
"""How often, in how long a time, a child is started again before it counts as broken."""
CLOCK_TOLERANCE_SECONDS = 2.0


@dataclass(slots=True)
class Child:
    name: str
    log: Path
    start: Callable[[], subprocess.Popen[bytes]]
    process: subprocess.Popen[bytes]
    revived_at: list[float] = field(default_factory=list)

    def check(self) -> None:
        """Raise `ServerFailed` when the process has ended."""
        if (status := self.process.poll()) is not None:
            raise ServerFailed(self.name, self.log, _how(status))

    def revive(self) -> str | None:
        """Start the process again when it has ended, and tell how it did.

        Raises `ServerFailed` for one that keeps ending.
        """
        if (status := self.process.poll()) is None:
            return None
        now = time.monotonic()
        self.revived_at = [at for at in self.revived_at if now - at < REVIVAL_SECONDS]
        if len(self.revived_at) == REVIVALS:
            self.check()
        self.revived_at.append(now)
        self.process = self.start()
        return _how(status)


def _how(status: int) -> str:
    return f"by {signal.Signals(-status).name}" if status < 0 else f"with exit code {status}"


@contextmanager
def running(
    name: str,
    command: Sequence[str],
    directory: Path,
    *,
    stop: signal.Signals = signal.SIGTERM,
    account: Account | None = None,
    env: Mapping[str, str] | None = None,
) -> Iterator[Child]:
    """A child that logs to `logs/<name>.log`; it gets `stop` at the end, or when we are killed."""
    log = directory / "logs" / f"{name}.log"
    log.parent.mkdir(exist_ok=True)

    def start() -> subprocess.Popen[bytes]:
        with log.open("ab") as output:
            process = subprocess.Popen(  # noqa: S603 -- the commands are ours
                [*tethered(stop, account), *command],
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        _record(directory, process.pid)
        return process

    child = Child(name, log, start, start())
    try:
        yield child
    finally:
        _end(child.process, stop)


def tethered(stop: signal.Signals, account: Account | None = None) -> list[str]:
    """What goes before a command that shall get `stop` when we are killed."""
    account = account or Account(os.geteuid(), os.getegid())
    numbers = (os.getpid(), stop.value, account.uid, account.gid)
    return [sys.executable, "-I", tether.__file__, *map(str, numbers)]


def _end(process: subprocess.Popen[bytes], stop: signal.Signals) -> None:
    process.send_signal(stop)
    try:
        process.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _record(directory: Path, pid: int) -> None:
    with suppress(psutil.NoSuchProcess), _ledger(directory).open("a") as ledger:
        ledger.write(f"{pid} {psutil.Process(pid).create_time()}\n")


def end_leftovers(directory: Path) -> None:
    """End the children of a `catalog up` that was killed. Nobody else may hold the directory.

    A line that is no record was cut off when the machine stopped, and its process with it.
    """
    ledger = _ledger(directory)
    if not ledger.exists():
        return
    for line in reversed(ledger.read_text().splitlines()):
        with suppress(psutil.NoSuchProcess, ValueError):
            pid, created = line.split()
            _end_leftover(psutil.Process(int(pid)), float(created))
    ledger.unlink()


def _end_leftover(process: psutil.Process, created: float) -> None:
    if abs(process.create_time() - created) > CLOCK_TOLERANCE_SECONDS:
        return
    process.send_signal(signal.SIGINT)  # the one signal that all of them end cleanly on
    try:
        process.wait(PATIENCE_SECONDS)
    except psutil.TimeoutExpired:
        process.kill()
        process.wait()


def _ledger(directory: Path) -> Path:
    return directory / "children"
