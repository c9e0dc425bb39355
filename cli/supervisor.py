"""Several processes that serve on one port: kept, replaced one by one, and ended together.

The socket is bound once and inherited. So connections that wait to be accepted outlive every one of
the processes, and whoever leaves loses none.
"""

import asyncio
import signal
import socket
from collections.abc import Mapping
from time import monotonic

import structlog

from api import logs
from api.measuring import metrics_directory
from api.serving.leaving import LEAVE
from api.settings import Settings
from cli.address import Address
from cli.serving_process import ServingProcess, started

READY_SECONDS = 60.0
"""After which a replacement that can't do its work is given up, and the old one goes on."""
ENDING_SECONDS = 22.0
"""For requests that have begun, the appender's queue and the pools, after the drain."""
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.25, 30.0
STABLE_SECONDS = 30.0
"""Who lived so long is started again after the first pause; else the pauses double."""

log = structlog.get_logger(__name__)


async def supervised(settings: Settings) -> None:
    """Until SIGTERM or SIGINT, of which the processes hear. Raises PortTaken."""
    logs.configure(settings.log_level)
    with (
        Address(settings.host, settings.port).listening("--port") as listening,
        metrics_directory.prepared() as metrics,
    ):
        await Supervisor(settings, listening, metrics).run()


class Supervisor:
    def __init__(
        self, settings: Settings, listening: socket.socket, metrics: Mapping[str, str]
    ) -> None:
        self._settings = settings
        self._listening = listening
        self._places: dict[int, ServingProcess] = {}
        self._alive: dict[ServingProcess, asyncio.Task[None]] = {}
        self._metrics = metrics
        self._changing = asyncio.Lock()
        self._roll = asyncio.Event()
        self._stopped = asyncio.Event()
        self._stopped_by = signal.SIGTERM
        self._patience_seconds = settings.drain_seconds + ENDING_SECONDS

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop, number)
        loop.add_signal_handler(signal.SIGHUP, self._roll.set)
        try:
            for place in range(self._settings.processes):
                self._places[place] = await self._started()
            async with asyncio.TaskGroup() as group:
                working = [group.create_task(self._keep(place)) for place in self._places]
                working.append(group.create_task(self._roll_when_told()))
                await self._stopped.wait()
                for task in working:
                    task.cancel()
        finally:
            await self._end()

    async def _end(self) -> None:
        self._listening.close()  # once the last of them listens no more, callers are refused
        ending = [each.end(self._stopped_by, self._patience_seconds) for each in self._alive]
        await asyncio.gather(*ending)

    def _stop(self, number: signal.Signals) -> None:
        if not self._stopped.is_set():
            self._stopped_by = number
            self._stopped.set()

    async def _keep(self, place: int) -> None:
        """Somebody in it, for ever."""
        pause_seconds = FIRST_PAUSE_SECONDS
        while True:
            process = self._places[place]
            status = await process.ended()
            if self._places[place] is not process:  # it was replaced
                continue
            log.warning("process_ended", pid=process.pid, status=status)
            if monotonic() - process.began_at > STABLE_SECONDS:
                pause_seconds = FIRST_PAUSE_SECONDS
            while self._places[place] is process:
                await asyncio.sleep(pause_seconds)
                pause_seconds = min(2 * pause_seconds, LONGEST_PAUSE_SECONDS)
                await self._follow(place, process)

    async def _follow(self, place: int, ended: ServingProcess) -> None:
        async with self._changing:
            if self._places[place] is ended:
                self._places[place] = await self._attempted() or ended

    async def _roll_when_told(self) -> None:
        while await self._roll.wait():
            self._roll.clear()
            for place in range(self._settings.processes):
                if not await self._replaced(place):
                    break

    async def _replaced(self, place: int) -> bool:
        """Nobody leaves before the next one is ready."""
        replacement = await self._attempted()
        if replacement is None:
            return False
        try:
            async with asyncio.timeout(READY_SECONDS):
                is_ready = await replacement.ready
        except TimeoutError:
            is_ready = False
        if not is_ready:
            log.error("replacement_not_ready", pid=replacement.pid)
            await replacement.end(signal.SIGKILL, READY_SECONDS)
            return False
        async with self._changing:
            replaced, self._places[place] = self._places[place], replacement
        log.info("process_replaced", pid=replaced.pid, by=replacement.pid)
        await replaced.end(LEAVE, self._patience_seconds)
        return True

    async def _attempted(self) -> ServingProcess | None:
        """None where none can be: its interpreter is being replaced, or memory is short."""
        try:
            return await self._started()
        except OSError as error:
            log.error("process_not_started", reason=str(error))  # noqa: TRY400 -- it says all
            return None

    async def _started(self) -> ServingProcess:
        process = await started(self._settings, self._listening, self._metrics)
        self._alive[process] = asyncio.create_task(self._forget_once_ended(process))
        return process

    async def _forget_once_ended(self, process: ServingProcess) -> None:
        await process.ended()
        del self._alive[process]
        metrics_directory.forget(process.pid, self._metrics)
