"""The time machine on a real catalog: what it must show, shown on snapshots of it.

A worker projects the snapshots as they are imported; a process of each side answers over HTTP.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from itertools import pairwise, product

import uvloop
from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.asking.asking import Asking
from benchmarks.asking.http_client import Client
from benchmarks.asking.shop import Shop
from benchmarks.harness.installation import Installation
from benchmarks.material import months
from benchmarks.material.catalogs import chosen
from benchmarks.material.feeds import Snapshot
from benchmarks.material.long_stream import write_stream
from benchmarks.material.months import spelled
from benchmarks.material.story import CATALOG
from benchmarks.past import lowest_prices
from benchmarks.past.lowest_prices import AT_ONCE, Question, by_function, check, over_http
from benchmarks.past.outcome import LONG, Lowest, Outcome
from benchmarks.past.then import compare
from benchmarks.past.turns import Plan, at_versions, beside_each_other
from commands.claims import SKU
from events.database import driver, pool
from events.log import find_claims

LATER = timedelta(days=15)
"""After each snapshot: the first of January is so long after 17 December."""
INSTANT = timedelta(microseconds=1)
ASKED_FOR = 1_000
"""Products whose words the questions have."""

type Say = Callable[[str], None]


def measure(
    installation: Installation, snapshots: Sequence[Snapshot], plan: Plan, say: Say
) -> Outcome:
    """On a database that is migrated and empty. `say` hears how far it has come."""
    with (
        installation.worker(),
        installation.api("commands") as commands,
        installation.api("queries") as queries,
    ):
        shop = Shop(installation.database_url, commands, queries)
        return uvloop.run(_measure(shop, snapshots, plan, say))


async def _measure(shop: Shop, snapshots: Sequence[Snapshot], plan: Plan, say: Say) -> Outcome:
    filled = await months.fill(
        shop.database_url,
        snapshots,
        lambda of, did: say(f"{of.known_since:%Y-%m-%d}: {spelled(did)}"),
    )
    headers = {"Authorization": f"Bearer {await shop.token()}"}
    address = shop.queries
    asking = Asking(address=address, targets=[], headers=headers, connections=1)
    moments = list(_moments(snapshots))
    async with pool(shop.database_url, application="catalog-bench", pool_size=AT_ONCE) as engine:
        long = await write_stream(engine, LONG)
        with closing(Client(address.host, address.port, headers)) as client:
            compared = []
            for snapshot, moment in moments:
                compared.append(await compare(client, snapshot, moment))
                say(f"compared as of {moment}")
            versions = await at_versions(asking, str(long), LONG, plan)
            turns = await beside_each_other(
                asking, chosen(snapshots[-1].rows, ASKED_FOR), moments[1][1], plan
            )
            say("asked the past and the present in turns")
            lowest = await _lowest(engine, client, snapshots, plan)
    return Outcome(
        months=filled,
        expected=list(months.expected(snapshots)),
        compared=compared,
        versions=versions,
        turns=turns,
        lowest=lowest,
    )


def _moments(snapshots: Sequence[Snapshot]) -> Iterator[tuple[Snapshot, datetime]]:
    """Some time after each snapshot, and the last instant before the last one."""
    for snapshot, following in pairwise(snapshots):
        yield snapshot, min(snapshot.known_since + LATER, following.known_since - INSTANT)
    yield snapshots[-1], snapshots[-1].known_since + LATER
    yield snapshots[-2], snapshots[-1].known_since - INSTANT


async def _lowest(
    engine: AsyncEngine, client: Client, snapshots: Sequence[Snapshot], plan: Plan
) -> Lowest:
    """On the day of each snapshot but the first, and some time later."""
    prices = lowest_prices.priced(snapshots)
    days = [snapshot.known_since for snapshot in snapshots]
    moments = [day + later for day in days[1:] for later in (timedelta(0), LATER)]
    async with driver(engine) as connection:
        streams = await find_claims(connection, CATALOG, SKU, prices)
    some = random.sample([*prices], min(plan.sample, len(prices)))

    def expected(question: Question) -> int | None:
        sku, at = question
        return lowest_prices.lowest(days, prices[sku], at)

    return Lowest(
        products=len(prices),
        moments=moments,
        by_function=await check(by_function(engine), product(prices, moments), streams, expected),
        over_http=await check(over_http(client), product(some, moments), streams, expected),
    )
