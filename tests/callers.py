"""Callers who keep their connections, and never ask again what has failed."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from itertools import count
from uuid import UUID

from benchmarks.asking.http_client import Client
from tests.conversation import PRODUCTS
from tests.eventually import eventually

CALLERS = 12
PRODUCTS_GIVEN = 10
ENOUGH = 250
"""Answers between two things that happen."""
PAUSE_SECONDS = 0.01
"""Of a caller: processes that start need the machine, too."""
CATCHING_UP = {"Catalog-Wait": "10000"}


@dataclass(slots=True)
class Callers:
    client: Client
    told: Counter[str] = field(default_factory=Counter)
    """How often which status was answered, or which exception raised."""
    receipts: list[tuple[UUID, int]] = field(default_factory=list)
    """Products and the versions that writes gave them."""
    _products: list[UUID] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1_000))

    async def given_products(self) -> None:
        """They can be read."""
        for number in range(PRODUCTS_GIVEN):
            body = json.dumps({"sku": f"LAMP-{number}", "name": "Lamp"}).encode()
            answer = await self.client.ask("POST", PRODUCTS, body)
            self._products.append(UUID(json.loads(answer.body)["id"]))
            waiting = {"Catalog-Min-Position": answer.headers["catalog-position"], **CATCHING_UP}
            read = await self.client.ask("GET", f"{PRODUCTS}/{self._products[-1]}", b"", waiting)
            assert read.status == 200, read.body

    async def ask(self, over: asyncio.Event) -> None:
        """Until then, or until nobody listens any more."""
        while not over.is_set():
            number = next(self._numbers)
            product = self._products[number % PRODUCTS_GIVEN]
            try:
                status = await self._act(product, number)
            except ConnectionRefusedError:
                return
            except OSError as error:
                status = type(error).__name__
            self.told[status] += 1
            await asyncio.sleep(PAUSE_SECONDS)

    async def _act(self, product: UUID, number: int) -> str:
        if number % 2:
            return str((await self.client.ask("GET", f"{PRODUCTS}/{product}")).status)
        return str(await self._write(product, number))

    async def _write(self, product: UUID, amount: int) -> int:
        body = json.dumps({"amount": amount}).encode()
        answer = await self.client.ask("PUT", f"{PRODUCTS}/{product}/prices/USD", body)
        if answer.status == 200:
            self.receipts.append((product, json.loads(answer.body)["version"]))
        return answer.status

    async def are_answered(self) -> None:
        """So often again, whoever answers."""
        enough = self.told.total() + ENOUGH

        async def reached() -> bool:
            return self.told.total() >= enough

        await eventually(reached)


@asynccontextmanager
async def calling(client: Client) -> AsyncIterator[Callers]:
    """While the block runs; afterwards all were answered."""
    with closing(client):
        callers = Callers(client)
        await callers.given_products()
        over = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            for _ in range(CALLERS):
                group.create_task(callers.ask(over))
            yield callers
            over.set()
