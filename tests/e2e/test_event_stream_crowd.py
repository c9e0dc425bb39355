"""A process with a thousand open streams, some of whose readers take nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import psutil
import pytest
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncEngine

from api.serving.server import allow_connections
from events.product import PriceSet, ProductDescribed
from tests.auth import Service, given_key, given_user
from tests.event_source import connected
from tests.eventually import eventually
from tests.given import LAMP, Log, registered
from tests.torture.servers import ApiProcess, api_process

STREAMS = 1_000
SLOW = 20
ROUNDS = 5
EVENTS_A_ROUND = 4
LONG_TEXTS = 100
"""With what is before and after each is some 60 kB: more than a socket has room for, in all."""
MEMORY_BYTES = 100_000_000


@pytest.fixture
async def process(
    database_url: str, redis_url: str, tmp_path: Path, engine: AsyncEngine
) -> AsyncIterator[ApiProcess]:
    allow_connections()
    await given_key(engine)
    await given_user(engine, "anna", {"*": "admin"})
    paced = {"CATALOG_EVENT_STREAM_SEND_SECONDS": "2", "CATALOG_BCRYPT_ROUNDS": "4"}
    with api_process("api", database_url, redis_url, tmp_path, **paced) as process:
        await process.ready()
        yield process


async def sample(process: ApiProcess, name: str) -> float:
    async with AsyncClient(base_url=process.address.url) as http:
        lines = (await http.get("/metrics")).text.splitlines()
    (value,) = [line.split()[-1] for line in lines if line.startswith(f"catalog_query_{name} ")]
    return float(value)


async def test_a_thousand_streams_get_each_event_once_and_slow_ones_hold_up_nobody(
    process: ApiProcess, engine: AsyncEngine
) -> None:
    log, address = Log(engine), process.address.url
    async with AsyncClient(base_url=address) as http:
        token = await Service(http).token_of("anna")
    last = await log.given(LAMP, registered)
    async with AsyncExitStack() as stack:
        streams = [
            await stack.enter_async_context(connected(address, token, after=last, type="PriceSet"))
            for _ in range(STREAMS - SLOW)
        ]
        for _ in range(SLOW):
            await stack.enter_async_context(connected(address, token, after=last, window=4096))
        assert await sample(process, "event_streams") == STREAMS
        memory = psutil.Process(process.child.process.pid)
        before = memory.memory_info().rss

        described = [
            ProductDescribed(description=f"{number}".ljust(20_000, "x"))
            for number in range(LONG_TEXTS)
        ]
        for begin in range(0, LONG_TEXTS, LONG_TEXTS // ROUNDS):
            await log.given(LAMP, *described[begin : begin + LONG_TEXTS // ROUNDS])
            prices = [PriceSet(currency="EUR", amount=begin + n) for n in range(EVENTS_A_ROUND)]
            last = await log.given(LAMP, *prices)
            expected = list(range(last - EVENTS_A_ROUND + 1, last + 1))
            received = await asyncio.gather(
                *(stream.positions(EVENTS_A_ROUND) for stream in streams)
            )
            assert all(positions == expected for positions in received)

        async def slow_ones_are_let_go() -> bool:
            return await sample(process, "slow_streams_total") == SLOW

        await eventually(slow_ones_are_let_go)
        assert await sample(process, "event_streams") == STREAMS - SLOW
        assert memory.memory_info().rss - before < MEMORY_BYTES
        assert (
            await sample(process, "events_streamed_total") >= len(streams) * ROUNDS * EVENTS_A_ROUND
        )
