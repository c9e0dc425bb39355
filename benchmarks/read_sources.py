"""Where the API found the products that it answered, by its own metrics."""

import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from typing import Literal

from benchmarks.http_client import Client
from cli.address import Address

type Source = Literal["process", "redis", "database"]

COUNTED = re.compile(r'^catalog_query_product_reads_total\{source="(\w+)"\} (\S+)$', re.MULTILINE)
SHARE = 0.8
"""Of the answers, at least: what the process knows it asks for again every two seconds."""


@asynccontextmanager
async def found_in(source: Source, address: Address) -> AsyncIterator[None]:
    """Raises `RuntimeError` when less than SHARE of what is read meanwhile is found there."""
    before = await _counted(address)
    yield
    found = await _counted(address) - before
    if found[source] < SHARE * found.total():
        raise RuntimeError(f"products were to come from {source}, but came from {found}")


async def _counted(address: Address) -> Counter[str]:
    with closing(Client(address.host, address.port, {})) as client:
        metrics = (await client.ask("GET", "/metrics")).body.decode()
    return Counter({source: int(float(count)) for source, count in COUNTED.findall(metrics)})
