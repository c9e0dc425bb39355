"""What everybody who is measured is told: the same products, the same prices."""

import random
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import cycle, islice
from typing import Any

import msgspec

from benchmarks.asking.asking import NUMBER, Target
from benchmarks.material.feeds import SAMPLE, read_rows
from benchmarks.material.story import CATALOG

PRODUCTS = f"/v1/catalogs/{CATALOG}/products"
CURRENCY, AMOUNT = "USD", 1999
"""The price of what has none in the sample."""
REGISTERED = 1_000
"""Products that are told in turn, each time under a SKU of its own."""

type Payload = dict[str, Any]


@cache
def payloads() -> Sequence[Payload]:
    """Drafts with a brand, a category, tags, some four attributes and a price."""
    return [_whole(row) for row in read_rows(SAMPLE)]


def existing(products: int) -> list[Payload]:
    """So many that are there from the beginning."""
    known = islice(cycle(payloads()), products)
    return [payload | {"sku": f"KNOWN-{n}"} for n, payload in enumerate(known)]


def registrations(turn: int) -> list[Target]:
    """No other turn has their SKUs."""
    some = payloads()[:REGISTERED]
    return [
        Target(PRODUCTS, method="POST", body=_json(payload | {"sku": f"NEW-{turn}-{NUMBER}"}))
        for payload in some
    ]


def prices(ids: Sequence[str], turn: int) -> list[Target]:
    """In a random order; no amount has been told before, so that each is a change."""
    body = f'{{"amount":{turn}{NUMBER}}}'
    paths = [f"{PRODUCTS}/{each}/prices/{CURRENCY}" for each in random.sample(ids, len(ids))]
    return [Target(path, method="PUT", body=body) for path in paths]


def new(thread: int) -> Iterator[Payload]:
    """As `registrations`, without an end, for a thread that is not asked over HTTP."""
    for n, payload in enumerate(cycle(payloads()[:REGISTERED])):
        yield payload | {"sku": f"NEW-{thread}-{n}"}


def _whole(row: Payload) -> Payload:
    brand, *_ = row["name"].split()
    return {
        "sku": row["sku"],
        "name": row["name"],
        "brand": brand,
        "category": row["category"],
        "tags": [brand.lower(), *row["category"].split("/")],
        "attributes": row["attributes"],
        "prices": row["prices"] or [{"currency": CURRENCY, "amount": AMOUNT}],
        "status": "draft",
    }


def _json(payload: Payload) -> str:
    return msgspec.json.encode(payload).decode()
