"""Real products: what a feed says against what their streams say afterwards."""

import gzip
import json
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from commands.feeds.report import Counts
from commands.load import load_all
from commands.product.state import Product
from events.database import driver
from events.log import find_claims
from tests.appends import logged
from tests.fed import fed

type Line = dict[str, Any]


def sample() -> list[Line]:
    packed = files("cli").joinpath("sample/products.ndjson.gz").read_bytes()
    return [json.loads(line) for line in gzip.decompress(packed).splitlines()]


def next_month(products: Sequence[Line]) -> list[Line]:
    """Some prices move or go, some products get other names and attributes, a few are new."""
    later = [dict(product) for product in products]
    for product in later[::3]:
        product["prices"] = [
            price | {"amount": price["amount"] * 9 // 10} for price in product["prices"]
        ]
    for product in later[::7]:
        product["name"] += " (2026)"
    for product in later[::11]:
        product["attributes"] = dict(list(product["attributes"].items())[1:]) | {"eol": True}
    for product in later[::13]:
        product["prices"], product["status"] = [], "draft"
    new = [product | {"sku": f"{product['sku']}-2"} for product in products[:20]]
    return [*later, *new]


async def imported(engine: AsyncEngine, products: Sequence[Line]) -> Counts:
    report = await fed(engine, [json.dumps(product).encode() for product in products])
    return report.counts


async def states(engine: AsyncEngine, skus: Sequence[str]) -> dict[str, Product]:
    async with driver(engine) as connection:
        streams = await find_claims(connection, "main", "sku", skus)
        unfolded = await load_all(connection, "main", streams.values())
    folded = {sku: unfolded[stream].fold().state for sku, stream in streams.items()}
    return {sku: state for sku, state in folded.items() if isinstance(state, Product)}


def said(product: Line) -> Line:
    return {
        "name": product["name"],
        "category": product["category"],
        "attributes": product["attributes"],
        "prices": {price["currency"]: price["amount"] for price in product["prices"]},
        "status": product.get("status", "draft"),
    }


def known(product: Product) -> Line:
    attributes = json.loads(json.dumps(product.attributes))
    return {name: getattr(product, name) for name in ("name", "category", "prices", "status")} | {
        "attributes": attributes
    }


async def agrees(engine: AsyncEngine, products: Sequence[Line]) -> None:
    found = await states(engine, [product["sku"] for product in products])
    assert {sku: known(product) for sku, product in found.items()} == {
        product["sku"]: said(product) for product in products
    }


async def test_real_products_become_what_each_feed_says(engine: AsyncEngine) -> None:
    first = sample()
    second = next_month(first)
    assert (await imported(engine, first)).created == len(first) > 2_000
    await agrees(engine, first)

    differing = sum(
        said(before) != said(after) for before, after in zip(first, second, strict=False)
    )
    report = await imported(engine, second)
    assert (report.created, report.changed, report.failed) == (20, differing, 0)
    await agrees(engine, second)

    before = await logged(engine)
    assert (await imported(engine, second)).unchanged == len(second)
    assert await logged(engine) == before
