"""A log of so many events, as a supplier's products and their prices leave it, and its read tables.

Two products for five events: registered, most of them priced and published, then prices change.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from benchmarks.harness.installation import Installation
from benchmarks.harness.server import administer, create_database
from benchmarks.material.catalogs import copies
from benchmarks.material.feeds import Row, imported
from benchmarks.material.filling import Filled
from benchmarks.material.price_changes import change
from benchmarks.material.rebuilding import rebuilt
from cli.sample_catalog import KNOWN_SINCE
from events.database import pool
from workers.signing import sign_all

PRODUCTS, OF_EVENTS = 2, 5
UNSEEN = {"CATALOG_ACCEPT_DIFFERENCES": "true"}
"""There is nothing yet to compare the tables with."""


@dataclass(frozen=True, slots=True)
class GrownCatalog:
    installation: Installation
    """With a database and a Redis of its own; no process of it runs."""
    events: int
    projected_seconds: float
    """That the read tables took, made of the whole log."""


async def grown_catalog(
    servers: Installation, rows: Sequence[Row], events: int, filled: Filled
) -> GrownCatalog:
    """The log is signed, as a worker would have done meanwhile."""
    installation = await _apart(servers, events)
    url = installation.database_url
    async with pool(url, application="catalog-bench", pool_size=4, command_timeout=None) as engine:
        products = events * PRODUCTS // OF_EVENTS
        report = await imported(engine, copies(rows, products), KNOWN_SINCE)
        filled(report.position)
        await change(engine, events - report.position)
        filled(events - report.position)
        await sign_all(engine)
    told = await rebuilt(replace(installation, settings=UNSEEN))
    await administer(url, "vacuum analyze")
    return GrownCatalog(installation, events, told["complete_seconds"])


async def _apart(servers: Installation, events: int) -> Installation:
    name = f"catalog_{events}"
    others = len([*servers.directory.glob("catalog_*")])
    installation = replace(
        servers,
        database_url=await create_database(servers.database_url, name),
        redis_url=servers.redis_url.replace("db=0", f"db={others}"),
        directory=servers.directory / name,
    )
    installation.directory.mkdir()
    return installation
