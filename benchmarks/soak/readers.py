"""What readers see of the products when all is quiet, whichever process answers them."""

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import psutil

from benchmarks.asking.http_client import Answer, Client
from benchmarks.asking.shop import FORM
from benchmarks.asking.shoppers import PRODUCTS
from benchmarks.soak.caller import Credentials
from benchmarks.soak.oracle import Said, Told
from benchmarks.soak.stage import Stage
from queries.memory import KEPT_SECONDS

LOOKS = 2
"""At each product by each process: at the second one it remembers the first."""
PATIENCE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Looked:
    products: int
    processes: int
    """By which each of the products was answered."""
    otherwise: Sequence[str]
    """What was answered otherwise than the log has it."""


async def looked(stage: Stage, credentials: Credentials, told: Told) -> Looked:
    """Once all events are applied. Raises TimeoutError where a process accepts nobody."""
    await asyncio.sleep(KEPT_SECONDS)
    token = await _token(stage, credentials)
    with ExitStack() as stack:
        processes = await _connected(stage, token, stack)
        found = await asyncio.gather(*(_looked(each, told) for each in processes))
    return Looked(len(told), len(processes), [wrong for each in found for wrong in each])


async def _looked(client: Client, told: Told) -> list[str]:
    return [
        f"{product}: {seen}, not {said}"
        for product, said in told.items()
        for _ in range(LOOKS)
        if (seen := _seen(await client.ask("GET", f"{PRODUCTS}/{product}"))) != said
    ]


def _seen(answer: Answer) -> Said | str:
    if answer.status != HTTPStatus.OK:
        return str(answer.status)
    product: Mapping[str, Any] = json.loads(answer.body)
    prices = {each["currency"]: str(each["amount"]) for each in product["prices"]}
    return product["version"], product["name"], prices.get("USD")


async def _token(stage: Stage, credentials: Credentials) -> str:
    grant = {
        "grant_type": "password",
        "username": credentials.username,
        "password": credentials.password,
    }
    with closing(Client(stage.address.host, stage.address.port, FORM)) as client:
        issued = await client.ask("POST", "/v1/auth/token", urlencode(grant).encode())
    token: str = json.loads(issued.body)["access_token"]
    return token


async def _connected(stage: Stage, token: str, stack: ExitStack) -> list[Client]:
    """To each process: who accepts a connection is chance, so there are as many as that takes."""
    found: dict[int, Client] = {}
    headers = {"Authorization": f"Bearer {token}"}
    async with asyncio.timeout(PATIENCE_SECONDS):
        while stage.serving - found.keys():
            client = Client(stage.address.host, stage.address.port, headers)
            stack.enter_context(closing(client))
            await client.ask("GET", "/v1/me")
            for process in _holding(stage, client):
                found.setdefault(process, client)
    return list(found.values())


def _holding(stage: Stage, client: Client) -> Iterator[int]:
    """The process that accepted the connection of a client that has one."""
    for process in stage.serving:
        for held in psutil.Process(process).net_connections("tcp"):
            if held.raddr and held.raddr.port in client.ports:
                yield process
