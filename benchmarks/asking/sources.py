"""Where the API found the products that it answered, by its own metrics."""

import re
from collections import Counter
from contextlib import closing
from typing import Literal

from benchmarks.asking.http_client import Client
from cli.address import Address

type Source = Literal["process", "redis", "database"]

COUNTED = re.compile(r'^catalog_query_product_reads_total\{source="(\w+)"\} (\S+)$', re.MULTILINE)
LEAST = 0.5
"""The share that has to be found where it is looked for: what the process knows it asks for again
every two seconds, however few ask meanwhile."""


def share(source: Source, found: Counter[str]) -> float:
    """Of the products, that were found there; 0 where none was found anywhere."""
    return found[source] / found.total() if found.total() else 0.0


async def found(address: Address) -> Counter[str]:
    """By sources, since the process began."""
    with closing(Client(address.host, address.port, {})) as client:
        metrics = (await client.ask("GET", "/metrics")).body.decode()
    return Counter({source: int(float(count)) for source, count in COUNTED.findall(metrics)})
