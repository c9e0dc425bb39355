"""A catalog of one size, and everybody who answers questions about it, a process each."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from types import ModuleType

import typer
import uvloop

from benchmarks.contestants import constant_route, orm_route
from benchmarks.feeds import Row
from benchmarks.http_client import Client
from benchmarks.installation import Installation
from benchmarks.read_catalogs import fill
from benchmarks.shop import Shop
from benchmarks.shoppers import PRODUCTS, Product
from cli.address import Address

FORGETFUL = {"CATALOG_PROCESS_CACHE_BYTES": "0"}
KEYS = "/.well-known/jwks.json"
SAMPLE = 201
"""Products, of which the one of medium length is the constant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineup:
    installation: Installation
    size: int
    products: Sequence[Product]
    """Some of them, at random."""
    token: str
    constant: Address
    verified: Address
    """The constant, for those alone whose token is good."""
    orm: Address
    ours: Address
    forgetful: Address
    """Ours, as long as it remembers no product in the process."""


@contextmanager
def opened(installation: Installation, feed: Sequence[Row], size: int) -> Iterator[Lineup]:
    """On a database that is migrated and empty."""
    forgetful = replace(installation, settings=FORGETFUL)
    url, directory = installation.database_url, installation.directory
    keys, document = directory / "keys.json", directory / "product.json"
    with ExitStack() as stack:
        stack.enter_context(installation.worker())
        with typer.progressbar(length=size, label=f"filling {size:,} products") as bar:
            head = uvloop.run(fill(url, feed, size, bar.update))
        ours = stack.enter_context(installation.api("queries"))
        with installation.api("commands") as commands:
            token, products = uvloop.run(_known(Shop(url, commands, ours), head))
        answered = uvloop.run(_answered(ours, token, products))
        for file, content in zip((keys, document), answered, strict=True):
            file.write_bytes(content)
        constant = _module(constant_route, "--document", document)
        verified = (*constant, "--keys", str(keys))
        orm = _module(orm_route, "--keys", keys, "--database-url", url)
        yield Lineup(
            installation=installation,
            size=size,
            products=products,
            token=token,
            constant=stack.enter_context(installation.serving("constant", *constant)),
            verified=stack.enter_context(installation.serving("verified", *verified)),
            orm=stack.enter_context(installation.serving("orm", *orm)),
            ours=ours,
            forgetful=stack.enter_context(forgetful.api("queries")),
        )


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
