"""A filled catalog with a worker and a process for each side of the API."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal

import uvloop

from benchmarks.asking.forgetting import FORGETFUL
from benchmarks.asking.shop import Shop
from benchmarks.asking.shoppers import Product
from benchmarks.growing.grown_catalog import GrownCatalog
from benchmarks.harness.installation import Installation
from cli.address import Address

type Process = Literal["commands", "queries", "forgetful"]
"""`forgetful` answers queries, too, as long as it remembers no product."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedCatalog:
    installation: Installation
    events: int
    products: Sequence[Product]
    """Some of them, at random."""
    token: str
    addresses: Mapping[Process, Address]


@contextmanager
def served(filled: GrownCatalog) -> Iterator[ServedCatalog]:
    installation = filled.installation
    with (
        installation.worker(),
        installation.api("commands") as commands,
        installation.api("queries") as queries,
        replace(installation, settings=FORGETFUL).api("queries") as forgetful,
    ):
        shop = Shop(installation.database_url, commands, queries)
        token, products = uvloop.run(_known(shop, filled.events))
        yield ServedCatalog(
            installation=installation,
            events=filled.events,
            products=products,
            token=token,
            addresses={"commands": commands, "queries": queries, "forgetful": forgetful},
        )


async def _known(shop: Shop, events: int) -> tuple[str, Sequence[Product]]:
    return await shop.token(), await shop.products(events)
