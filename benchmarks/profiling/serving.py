"""A process of the API, seen from outside: what it takes of a processor, and of others."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass

import psutil
from prometheus_client.parser import text_string_to_metric_families

from benchmarks.asking.http_client import Client
from cli.address import Address

_APPENDS = "catalog_command_append_batch_seconds_sum"


@dataclass(slots=True)
class Used:
    """In a stretch of time, in seconds."""

    processor: float = 0.0
    kernel: float = 0.0
    """Of the processor's."""
    appending: float = 0.0
    """Between a batch's way to PostgreSQL and its answer."""


def listening(address: Address) -> psutil.Process:
    """The child of ours that listens there. Raises LookupError."""
    for child in psutil.Process().children(recursive=True):
        for held in child.net_connections("tcp"):
            if held.status == psutil.CONN_LISTEN and held.laddr.port == address.port:
                return child
    raise LookupError(address)


@asynccontextmanager
async def using(address: Address) -> AsyncIterator[Used]:
    """What it uses until the block ends."""
    process, used = listening(address), Used()
    before, appending = process.cpu_times(), await _appending(address)
    yield used
    after = process.cpu_times()
    used.kernel = after.system - before.system
    used.processor = after.user - before.user + used.kernel
    used.appending = await _appending(address) - appending


async def _appending(address: Address) -> float:
    with closing(Client(address.host, address.port, {})) as client:
        told = (await client.ask("GET", "/metrics")).body.decode()
    samples = (each for family in text_string_to_metric_families(told) for each in family.samples)
    return sum(each.value for each in samples if each.name == _APPENDS)
