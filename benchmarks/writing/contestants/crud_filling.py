"""The tables of CRUD, and products that are there from the beginning."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import insert, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from uuid_utils.compat import uuid7

from benchmarks.asking.payloads import Payload
from benchmarks.material.story import ACTOR, CATALOG
from benchmarks.writing.contestants.crud_tables import Audit, Base, Price, Product


async def fill(url: str, payloads: Sequence[Payload]) -> list[UUID]:
    """The ids of as many products."""
    known = {uuid7(): payload for payload in payloads}
    engine = create_async_engine(make_url(url).set(drivername="postgresql+asyncpg"))
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
        await _insert(connection, known)
    await engine.dispose()
    return [*known]


async def _insert(connection: AsyncConnection, known: Mapping[UUID, Payload]) -> None:
    products = [
        {**payload, "id": product_id, "catalog": CATALOG, "version": 1}
        for product_id, payload in known.items()
    ]
    prices = [{**price, "product_id": each["id"]} for each in products for price in each["prices"]]
    audits = [
        {"product_id": product_id, "actor": ACTOR, "action": "registered", "after": payload}
        for product_id, payload in known.items()
    ]
    for table, rows in ((Product, products), (Price, prices), (Audit, audits)):
        await connection.execute(insert(table), rows)
