"""`catalog serve --side commands`, one process as it is shipped, with a worker or without."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import msgspec
import uvloop

from benchmarks.asking.asking import Ask
from benchmarks.asking.payloads import Payload
from benchmarks.asking.shop import Shop
from benchmarks.harness.installation import Installation
from benchmarks.material.feeds import imported
from benchmarks.material.price_changes import read_versions
from benchmarks.material.projected import projected
from benchmarks.material.story import CATALOG
from benchmarks.writing.over_http import Service
from benchmarks.writing.plan import OURS, PROJECTED, Method
from cli.sample_catalog import KNOWN_SINCE
from events.database import driver, pool, statement
from events.log import read_heads

LOGGED = statement(__package__, "sql/logged.sql")
EVENTS: Mapping[Method, int] = {"POST": 2, "PUT": 1}
"""`ProductRegistered` and `PriceSet`; `PriceSet`."""


async def fill(url: str, payloads: Sequence[Payload]) -> list[str]:
    """The ids of as many products."""
    lines = map(msgspec.json.encode, payloads)
    async with pool(url, application="catalog-bench", pool_size=4) as engine:
        report = await imported(engine, lines, KNOWN_SINCE)
        if report.counts.created != len(payloads):
            raise RuntimeError(report)
        async with driver(engine) as connection:
            return [str(stream) for stream in await read_versions(connection)]


@contextmanager
def beside_a_worker(installation: Installation, ids: Sequence[str], ask: Ask) -> Iterator[Service]:
    """Which works while it is this one's turn."""
    with alone(installation, ids, ask) as service:
        yield replace(service, name=PROJECTED, beside=partial(_worked_for, installation))


@contextmanager
def alone(installation: Installation, ids: Sequence[str], ask: Ask) -> Iterator[Service]:
    with installation.api("commands") as address:
        url = installation.database_url
        yield Service(
            name=OURS,
            address=address,
            token=uvloop.run(Shop(url, commands=address, queries=address).token()),
            ids=ids,
            database_url=url,
            count=LOGGED,
            rows=EVENTS,
            ask=ask,
        )


@contextmanager
def _worked_for(installation: Installation) -> Iterator[None]:
    """By a worker, as soon as it has projected what there is."""
    with installation.worker():
        uvloop.run(_projected(installation.database_url))
        yield


async def _projected(url: str) -> None:
    async with (
        pool(url, application="catalog-bench", pool_size=1) as engine,
        driver(engine) as connection,
    ):
        await projected(connection, (await read_heads(connection))[CATALOG])
