"""The API as shoppers come to it: who they are, and what there is to buy."""

import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from urllib.parse import urlencode

from benchmarks.asking.http_client import Client
from benchmarks.asking.lasting_token import lasting
from benchmarks.asking.shoppers import Product, Shoppers
from benchmarks.material.projected import projected
from cli.address import Address
from cli.administrator import add_first
from events.database import driver, pool, statement

PRODUCTS = statement(__package__, "sql/products.sql")
PRODUCTS_KNOWN = 20_000
USERNAME = "admin"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class Shop:
    """Without any user yet."""

    database_url: str
    commands: Address
    queries: Address

    @asynccontextmanager
    async def opened(self, events: int) -> AsyncIterator[Shoppers]:
        """As soon as so many events can be read."""
        headers = {
            "Authorization": f"Bearer {await self.token()}",
            "Content-Type": "application/json",
        }
        with (
            closing(Client(self.commands.host, self.commands.port, headers)) as commands,
            closing(Client(self.queries.host, self.queries.port, headers)) as queries,
        ):
            yield Shoppers(commands, queries, await self.products(events))

    async def token(self) -> str:
        """The first administrator's, for a day."""
        password = secrets.token_urlsafe()
        await add_first(self.database_url, USERNAME, password)
        grant = {"grant_type": "password", "username": USERNAME, "password": password}
        with closing(Client(self.commands.host, self.commands.port, FORM)) as client:
            issued = await client.ask("POST", "/v1/auth/token", urlencode(grant).encode())
        async with pool(self.database_url, application="catalog-bench") as engine:
            return await lasting(engine, json.loads(issued.body)["access_token"])

    async def products(self, events: int) -> list[Product]:
        async with (
            pool(self.database_url, application="catalog-bench") as engine,
            driver(engine) as connection,
        ):
            await projected(connection, events)
            return [Product(*row) for row in await connection.fetch(PRODUCTS, PRODUCTS_KNOWN)]
