"""A catalog whose costs are known: what was put into it, and the bytes that this took."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import typer
from redis.asyncio import Redis

from benchmarks.asking.python_client import ask_each
from benchmarks.asking.questions import by_id
from benchmarks.asking.shop import Shop
from benchmarks.asking.shoppers import Product
from benchmarks.costing import disk
from benchmarks.costing.asked import asked
from benchmarks.costing.plan import Plan
from benchmarks.costing.watching import OURS
from benchmarks.harness.installation import Installation
from benchmarks.material.catalogs import fill
from benchmarks.material.feeds import Row
from benchmarks.material.price_changes import change
from benchmarks.material.projected import caught_up
from events.database import driver, pool, statement

WAL = statement(__package__, "sql/wal.sql")
READ = 5_000
"""Products that Redis is made to remember."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bytes:
    """Of disk but for the last; each of one of them, indexes included."""

    event: float
    stream: float
    """A product's in the log."""
    product: float
    """In the read tables."""
    fed: float
    """What the feed said of a product."""
    change: float
    """In the past of the read tables."""
    appended: float
    """Written ahead by PostgreSQL for an event, as it is appended."""
    projected: float
    """And as it is projected."""
    remembered: float
    """By Redis, of a product."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    bytes: Bytes
    token: str
    products: Sequence[Product]
    """Some of them, at random."""


async def filled(installation: Installation, rows: Sequence[Row], plan: Plan) -> Filled:
    """Of one feed, then prices change; by then a worker has projected all of it."""
    with installation.worker():
        label = f"{plan.products:,} products"
        with typer.progressbar(length=plan.products, label=label, file=sys.stderr) as bar:
            events = await fill(installation.database_url, rows, plan.products, bar.update)
    async with (
        pool(installation.database_url, application=OURS, command_timeout=None) as engine,
        driver(engine) as connection,
    ):
        made = await disk.sizes(connection)
        before = await connection.fetchval(WAL)
        await change(engine, plan.changes)
        appended = await connection.fetchval(WAL)
        with installation.worker():
            await caught_up(connection)
        projected = await connection.fetchval(WAL)
        changed = await disk.sizes(connection)
    token, products, remembered = await _read(installation, events)
    return Filled(
        bytes=Bytes(
            event=made["log"] / events,
            stream=made["streams"] / plan.products,
            product=made["read"] / plan.products,
            fed=made["feeds"] / plan.products,
            change=(changed["past"] - made["past"]) / plan.changes,
            appended=(appended - before) / plan.changes,
            projected=(projected - appended) / plan.changes,
            remembered=remembered,
        ),
        token=token,
        products=products,
    )


async def _read(installation: Installation, events: int) -> tuple[str, Sequence[Product], float]:
    """A token, products, and the bytes that Redis holds of each that was read."""
    with installation.api("all") as both:
        shop = Shop(installation.database_url, both, both)
        token, products = await shop.token(), await shop.products(events)
        read = by_id(products)[:READ]
        before = await _used(installation)
        await ask_each(asked(both, token, read, connections=1))
        return token, products, (await _used(installation) - before) / len(read)


async def _used(installation: Installation) -> int:
    """Bytes that Redis holds."""
    async with Redis.from_url(installation.redis_url) as redis:
        return int((await redis.info("memory"))["used_memory"])
