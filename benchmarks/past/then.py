"""The catalog as of a moment, page by page over HTTP, against the snapshot that held then."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import urlencode

from benchmarks.asking.http_client import Client
from benchmarks.asking.shoppers import PRODUCTS
from benchmarks.material.feeds import Row, Snapshot

PAGE = 200


@dataclass(frozen=True, slots=True)
class Compared:
    moment: datetime
    products: int
    """That the list had."""
    differing: Sequence[str]
    """SKUs of products that are not the same, or that one of both lacks or has twice."""


class Spelled(NamedTuple):
    sku: str
    rest: str


async def compare(client: Client, snapshot: Snapshot, moment: datetime) -> Compared:
    """Raises `OSError`, and `RuntimeError` for an answer that is no page."""
    said = Counter(_spelled(row) for row in snapshot.rows)
    listed = Counter([_spelled(item) async for item in _listed(client, moment)])
    differing = {each.sku for each in (said - listed) + (listed - said)}
    return Compared(moment, listed.total(), sorted(differing))


async def _listed(client: Client, moment: datetime) -> AsyncIterator[Row]:
    asked = {"as_of": moment.isoformat(), "sort": "sku", "limit": str(PAGE)}
    cursor: dict[str, str] | None = {}
    while cursor is not None:
        answer = await client.ask("GET", f"{PRODUCTS}?{urlencode(asked | cursor)}")
        if answer.status != HTTPStatus.OK:
            raise RuntimeError(answer)
        page = json.loads(answer.body)
        for item in page["items"]:
            yield item
        cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else None


def _spelled(product: Row) -> Spelled:
    """What a snapshot says of a product, in one form."""
    rest = {name: product[name] for name in ("name", "category", "attributes")}
    prices = {price["currency"]: price["amount"] for price in product["prices"]}
    return Spelled(product["sku"], json.dumps([rest, prices], sort_keys=True))
