"""The storm: all write, read and suffer at once, until each mishap has come about."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from events.database import pool
from tests.eventually import eventually
from tests.torture.aftermath import ask_again, calm, history
from tests.torture.deeds import over_http, registration, with_claims
from tests.torture.faults import Faults
from tests.torture.history import Acknowledged, History
from tests.torture.notebook import Notebook
from tests.torture.plan import PRODUCTS
from tests.torture.readers import Tail
from tests.torture.stage import Stage
from tests.torture.writers import Writer

HTTP_WRITERS, OWN_WRITERS = 20, 6
TAIL_LIMITS = (3, 50, 1_000)
ENOUGH = Counter(
    {
        "appended": 300,
        "replayed": 1,
        "version-conflict": 1,
        "sku-taken": 1,
        "idempotency-key-reused": 1,
        "caller gone": 1,
        "cancelled": 1,
        "cut off": 1,
        "append-unconfirmed": 1,
        "backends terminated": 3,
        "connections cut": 3,
        "process killed": 1,
        "database crashed": 1,
    }
)
"""What a storm must have brought, or it has shown nothing."""
MAY_BE_SAID = {"unreachable", "database-unavailable", "append-queue-full"}
CEILING_SECONDS = 180.0


@dataclass(slots=True)
class Storm:
    stage: Stage
    seed: int
    seconds: float
    notebook: Notebook = field(default_factory=Notebook)
    clients: Writer = field(init=False)
    insiders: Writer = field(init=False)

    def __post_init__(self) -> None:
        self.clients = Writer(self.notebook, self.stage.http, over_http)
        self.insiders = Writer(self.notebook, self.stage.own, with_claims)

    async def blow(self) -> History:
        """All that came of it, once every write is settled."""
        async with AsyncExitStack() as stack, asyncio.TaskGroup() as reading:
            ended = asyncio.Event()
            tails = [await stack.enter_async_context(self._tail(limit)) for limit in TAIL_LIMITS]
            for tail in tails:
                reading.create_task(tail.read(ended))
            await self._register_products()
            await self._rage()
            await ask_again(self.writers, self.seed)
            await calm(self.stage)
            ended.set()
        return await history(self.stage, self.writers, tails)

    @property
    def writers(self) -> Sequence[Writer]:
        return (self.clients, self.insiders)

    @property
    def has_shown_all(self) -> bool:
        return self.notebook.told >= ENOUGH

    @property
    def strange_answers(self) -> set[str]:
        return self.notebook.told.keys() - ENOUGH.keys() - MAY_BE_SAID

    @asynccontextmanager
    async def _tail(self, limit: int) -> AsyncIterator[Tail]:
        url = self.stage.postgres.url
        async with pool(url, application="catalog-tail", pool_size=1) as engine:
            yield Tail(engine, limit, self.notebook)

    async def _register_products(self) -> None:
        for number in range(PRODUCTS):
            write = registration(f"HOT-{number}", -1 - number, prices=0)
            heard = await self.clients.ask(write, number)
            assert isinstance(heard, Acknowledged)
            self.clients.writes.append(write)
            self.notebook.products.append(heard.stream)

    async def _rage(self) -> None:
        over, began = asyncio.Event(), time.monotonic()

        async def enough() -> bool:
            blown = time.monotonic() - began
            return blown > self.seconds and (self.has_shown_all or blown > CEILING_SECONDS)

        async with asyncio.TaskGroup() as raging:
            for number in range(HTTP_WRITERS + OWN_WRITERS):
                writer = self.clients if number < HTTP_WRITERS else self.insiders
                raging.create_task(writer.write(self.seed, number, over))
            faults = Faults(self.notebook, self.stage)
            raging.create_task(faults.strike(self.seed, over))
            await eventually(enough, within=2 * (CEILING_SECONDS + self.seconds))
            over.set()
