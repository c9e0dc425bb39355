"""What goes wrong, and after which share of the requests."""

import os
import signal
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from time import monotonic

from benchmarks.soak.stage import Stage


@dataclass(frozen=True, slots=True)
class Fault:
    name: str
    share: float
    strike: Callable[[Stage], Awaitable[None]]
    """It returns when all is as before."""
    cuts: bool = False
    """Connections of callers, whose requests are then not answered."""


@dataclass(frozen=True, slots=True)
class Struck:
    fault: Fault
    began: float
    ended: float

    @property
    def seconds(self) -> float:
        return self.ended - self.began


async def struck(fault: Fault, stage: Stage) -> Struck:
    began = monotonic()
    await fault.strike(stage)
    return Struck(fault, began, monotonic())


def _of_a_server(how: signal.Signals, name: str) -> Callable[[Stage], Awaitable[None]]:
    async def strike(stage: Stage) -> None:
        if server := getattr(stage, name):
            await stage.restart(server, how)
            await stage.recovered()

    return strike


def _of_one_process(how: signal.Signals) -> Callable[[Stage], Awaitable[None]]:
    async def strike(stage: Stage) -> None:
        process = min(stage.serving)
        os.kill(process, how)
        await stage.recovered({process})

    return strike


async def _replace_all(stage: Stage) -> None:
    before = stage.serving
    stage.api.process.send_signal(signal.SIGHUP)
    await stage.recovered(before)


STOPPED = Fault("a process of the API: SIGTERM", 0.06, _of_one_process(signal.SIGTERM))
KILLED = Fault("a process of the API: SIGKILL", 0.12, _of_one_process(signal.SIGKILL), cuts=True)
REPLACED = Fault("all processes of the API, one by one: SIGHUP", 0.18, _replace_all)
WORKER_KILLED = Fault("the worker: SIGKILL", 0.24, _of_a_server(signal.SIGKILL, "worker"))
POSTGRES_CRASHED = Fault(
    "PostgreSQL: an immediate shutdown", 0.62, _of_a_server(signal.SIGQUIT, "postgres")
)

ALL: Sequence[Fault] = (
    STOPPED,
    KILLED,
    REPLACED,
    WORKER_KILLED,
    Fault("Redis: SIGKILL", 0.32, _of_a_server(signal.SIGKILL, "redis")),
    Fault("PostgreSQL: a fast shutdown", 0.42, _of_a_server(signal.SIGINT, "postgres")),
    Fault("Redis: SIGTERM", 0.52, _of_a_server(signal.SIGTERM, "redis")),
    POSTGRES_CRASHED,
)
