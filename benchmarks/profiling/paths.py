"""The hot paths: what is asked of which process, over and over."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import uvloop

from benchmarks.asking.asking import Asking, Target
from benchmarks.asking.payloads import prices, registrations
from benchmarks.asking.questions import FEW, by_id
from benchmarks.asking.shop import Shop
from benchmarks.harness.installation import Installation
from benchmarks.material.catalogs import fill
from benchmarks.material.feeds import SAMPLE, read_rows
from cli.address import Address

PRODUCTS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class HotPath:
    name: str
    operation: str
    address: Address
    headers: Mapping[str, str]
    targets: Callable[[int], Sequence[Target]]
    """By the number of a turn: no two turns write the same."""

    def asking(self, turn: int, connections: int) -> Asking:
        return Asking(
            address=self.address,
            targets=self.targets(turn),
            headers=self.headers,
            connections=connections,
        )


@contextmanager
def hot_paths(installation: Installation) -> Iterator[list[HotPath]]:
    """On a database that is migrated and empty: a worker, and a process of each side."""
    url = installation.database_url
    with (
        installation.worker(),
        installation.api("commands") as commands,
        installation.api("queries") as queries,
    ):
        head = uvloop.run(fill(url, read_rows(SAMPLE), PRODUCTS, lambda _: None))
        shop = Shop(url, commands, queries)
        reader = {"Authorization": f"Bearer {uvloop.run(shop.token())}"}
        writer = reader | {"Content-Type": "application/json"}
        hot = uvloop.run(shop.products(head))[:FEW]
        ids = [each.id for each in hot]
        yield [
            HotPath(
                name="read",
                operation="GET …/products/{id}",
                address=queries,
                headers=reader,
                targets=lambda _: by_id(hot),
            ),
            HotPath(
                name="price",
                operation="PUT …/prices/USD",
                address=commands,
                headers=writer,
                targets=lambda turn: prices(ids, turn),
            ),
            HotPath(
                name="register",
                operation="POST …/products",
                address=commands,
                headers=writer,
                targets=registrations,
            ),
        ]
