"""The lowest price before a moment of every product that ever had one, against the snapshots."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.asking.http_client import Client
from benchmarks.asking.questions import CURRENCY
from benchmarks.asking.shoppers import PRODUCTS
from benchmarks.material.feeds import Snapshot
from benchmarks.material.story import CATALOG
from queries.audit.price_history import lowest_price

DAYS = 30
AT_ONCE = 4
END = datetime.max.replace(tzinfo=UTC)

type Prices = Sequence[int | None]
"""Of one product, in minor units: snapshot by snapshot."""
type Question = tuple[str, datetime]
"""A product's SKU, and when a reduction is announced."""
type Ask = Callable[[UUID, datetime], Awaitable[int | None]]


@dataclass(slots=True)
class Checked:
    answers: int = 0
    wrong: list[Question] = field(default_factory=list)


def priced(snapshots: Sequence[Snapshot]) -> Mapping[str, Prices]:
    """By SKU, of the products that any snapshot has a price of."""
    known = [
        {
            row["sku"]: price["amount"]
            for row in snapshot.rows
            for price in row["prices"]
            if price["currency"] == CURRENCY
        }
        for snapshot in snapshots
    ]
    skus = {sku for amounts in known for sku in amounts}
    return {sku: [amounts.get(sku) for amounts in known] for sku in sorted(skus)}


def lowest(days: Sequence[datetime], prices: Prices, at: datetime) -> int | None:
    """By brute force: each price held from its day to the next, and [at - DAYS, at) counts."""
    since = at - timedelta(days=DAYS)
    held = zip(prices, days, [*days[1:], END], strict=True)
    counted = (price for price, begun, ended in held if begun < at and ended > since)
    return min((price for price in counted if price is not None), default=None)


def by_function(engine: AsyncEngine) -> Ask:
    """As the API asks."""
    return partial(_by_function, engine)


def over_http(client: Client) -> Ask:
    return partial(_over_http, client)


async def check(
    ask: Ask,
    questions: Iterable[Question],
    streams: Mapping[str, UUID],
    expected: Callable[[Question], int | None],
) -> Checked:
    """AT_ONCE questions at a time."""
    checked, asked = Checked(), iter(questions)

    async def go_on() -> None:
        for sku, at in asked:
            found = await ask(streams[sku], at)
            checked.answers += 1
            if found != expected((sku, at)):
                checked.wrong.append((sku, at))

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(go_on())
    return checked


async def _by_function(engine: AsyncEngine, product: UUID, at: datetime) -> int | None:
    answer = await lowest_price(engine, CATALOG, product, CURRENCY, days=DAYS, at=at)
    found = answer.value
    return found.lowest.amount if found and found.lowest else None


async def _over_http(client: Client, product: UUID, at: datetime) -> int | None:
    """Raises `OSError`, and `RuntimeError` for an answer that is none."""
    asked = urlencode({"days": DAYS, "at": at.isoformat()})
    answer = await client.ask("GET", f"{PRODUCTS}/{product}/prices/{CURRENCY}/lowest?{asked}")
    if answer.status != HTTPStatus.OK:
        raise RuntimeError(answer)
    found = json.loads(answer.body)["lowest"]
    amount: int | None = found and found["amount"]
    return amount
