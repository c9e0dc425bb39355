"""A process of `catalog serve` among others: how it is started, asked and ended."""

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic

from api.settings import Settings
from cli.processes import tethered


@dataclass(frozen=True, slots=True, eq=False)
class ServingProcess:
    process: Process
    ready: asyncio.Future[bool]
    """Whether it can do its work, once that is known; False: it has ended without."""
    began_at: float = field(default_factory=monotonic)

    @property
    def pid(self) -> int:
        return self.process.pid

    async def ended(self) -> int:
        """Its exit code, or the number of the signal that ended it, below 0."""
        return await self.process.wait()

    def tell(self, number: signal.Signals) -> None:
        if self.process.returncode is None:
            self.process.send_signal(number)

    async def end(self, number: signal.Signals, patience_seconds: float) -> None:
        """Told so it ends, or is killed when it takes longer."""
        self.tell(number)
        try:
            async with asyncio.timeout(patience_seconds):
                await self.ended()
        except TimeoutError:
            self.tell(signal.SIGKILL)
            await self.ended()


async def started(
    settings: Settings, listening: socket.socket, environment: Mapping[str, str]
) -> ServingProcess:
    """A fresh interpreter that shares nothing but the socket, and what `environment` names.

    Raises OSError where there is none any more, or no room for another process.
    """
    told, tells = os.pipe()
    try:
        process = await asyncio.create_subprocess_exec(
            *tethered(signal.SIGINT),  # nobody shares the port any more: it is to be free at once
            *(sys.executable, "-m", "cli", "serve"),
            *("--place", str(listening.fileno()), str(tells)),
            env={**os.environ, **environment, "CATALOG_SIDE": settings.side},
            pass_fds=(listening.fileno(), tells),
            stdin=DEVNULL,
            start_new_session=True,  # a terminal's Ctrl-C is told by the supervisor, once
        )
    except BaseException:
        os.close(told)
        raise
    finally:
        os.close(tells)
    return ServingProcess(process, _heard(told))


def _heard(told: int) -> asyncio.Future[bool]:
    loop = asyncio.get_running_loop()
    ready = loop.create_future()

    def hear() -> None:
        loop.remove_reader(told)
        if not ready.done():  # nobody may wait for it any more
            ready.set_result(bool(os.read(told, 1)))
        os.close(told)

    loop.add_reader(told, hear)
    return ready
