"""A catalog of one size, and everybody who answers questions about it, a process each."""

import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Literal

import typer
import uvloop

from benchmarks.asking.forgetting import FORGETFUL
from benchmarks.asking.http_client import Client
from benchmarks.asking.shop import Shop
from benchmarks.asking.shoppers import PRODUCTS, Product
from benchmarks.harness.installation import Installation
from benchmarks.material.catalogs import fill
from benchmarks.material.feeds import Row
from benchmarks.reading.contestants import constant_route, orm_route
from cli.address import Address

KEYS = "/.well-known/jwks.json"
SAMPLE = 201
"""Products, of which the one of medium length is the constant."""

type Contestant = Literal["constant", "verified", "orm", "ours", "forgetful"]
"""`verified` is the constant, for those alone whose token is good; `forgetful` is ours, as long as
it remembers no product in the process.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineup:
    installation: Installation
    size: int
    products: Sequence[Product]
    """Some of them, at random."""
    token: str
    addresses: Mapping[Contestant, Address]


@contextmanager
def opened(
    installation: Installation, feed: Sequence[Row], size: int, contestants: Collection[Contestant]
) -> Iterator[Lineup]:
    """On a database that is migrated and empty."""
    with ExitStack() as stack:
        stack.enter_context(installation.worker())
        progress = typer.progressbar(length=size, label=f"{size:,} products", file=sys.stderr)
        with progress as bar:
            head = uvloop.run(fill(installation.database_url, feed, size, bar.update))
        ours = stack.enter_context(installation.api("queries"))
        with installation.api("commands") as commands:
            shop = Shop(installation.database_url, commands, ours)
            token, products = uvloop.run(_known(shop, head))
        beside = _beside(installation, *uvloop.run(_answered(ours, token, products)))
        yield Lineup(
            installation=installation,
            size=size,
            products=products,
            token=token,
            addresses={
                "ours": ours,
                **{
                    each: stack.enter_context(serving)
                    for each, serving in beside.items()
                    if each in contestants
                },
            },
        )


def _beside(
    installation: Installation, known_keys: bytes, answer: bytes
) -> Mapping[Contestant, AbstractContextManager[Address]]:
    """Everybody else; none of them has begun."""
    directory = installation.directory
    keys = _written(directory / "keys.json", known_keys)
    document = _written(directory / "product.json", answer)
    constant = _module(constant_route, "--document", document)
    database = ("--database-url", installation.database_url)
    return {
        "constant": installation.serving("constant", *constant),
        "verified": installation.serving("verified", *constant, "--keys", str(keys)),
        "orm": installation.serving("orm", *_module(orm_route, "--keys", keys, *database)),
        "forgetful": replace(installation, settings=FORGETFUL).api("queries"),
    }


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def _module(module: ModuleType, *options: object) -> tuple[str, ...]:
    return (sys.executable, "-m", module.__name__, *map(str, options))


async def _known(shop: Shop, head: int) -> tuple[str, Sequence[Product]]:
    return await shop.token(), await shop.products(head)


async def _answered(ours: Address, token: str, products: Sequence[Product]) -> tuple[bytes, bytes]:
    """The keys of tokens, and a product that is neither short nor long."""
    headers = {"Authorization": f"Bearer {token}"}
    with closing(Client(ours.host, ours.port, headers)) as client:
        keys = await client.ask("GET", KEYS)
        paths = [f"{PRODUCTS}/{each.id}" for each in products[:SAMPLE]]
        bodies = [(await client.ask("GET", path)).body for path in paths]
    return keys.body, sorted(bodies, key=len)[len(bodies) // 2]
