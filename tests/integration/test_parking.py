"""An event that can't be applied stops its stream and nothing else."""

from random import Random
from string import ascii_letters

import asyncpg
import msgspec
import pytest
from msgspec import UNSET
from sqlalchemy.ext.asyncio import AsyncEngine

from events.codec import Encoded, encode
from events.database import driver
from events.errors import DatabaseUnavailable
from events.product import PriceSet, ProductRegistered, ProductRenamed
from projections import projection
from projections.document import Standstill
from tests.given import (
    DESK,
    LAMP,
    TELEPORTED,
    Log,
    checkpoint,
    opened,
    projected,
    registered,
    rows,
)
from tests.parking import names, parked, places, shown
from tests.rolled_back import rolled_back

desk = ProductRegistered(sku="DESK-1", name="Desk", attributes={})
sun, moon = ProductRenamed(name="Sun"), ProductRenamed(name="Moon")
LONG_SKU = "".join(Random(3).choices(ascii_letters, k=9_000))


def _changed(type_: str, data: object, schema_version: int = 1) -> Encoded:
    return Encoded(type_, schema_version, msgspec.json.encode(data).decode())


POISON = [
    pytest.param(TELEPORTED, "does not know", id="unknown type"),
    pytest.param(_changed("ProductRenamed", {"name": "X"}, 2), "does not know", id="newer version"),
    pytest.param(_changed("ProductRenamed", {}), "missing required field", id="a field missing"),
    pytest.param(_changed("ProductRenamed", {"name": 1}), "Expected `str`", id="another type"),
    pytest.param(_changed("ProductRenamed", []), "Expected `object`", id="no object"),
    pytest.param(
        Encoded("ProductRenamed", 1, r'{"name":"\ud800"}'), "Input data", id="half a sign"
    ),
    pytest.param(_changed("ProductBranded", {"brand": "a\0"}), "NUL character", id="NUL in text"),
    pytest.param(
        _changed("AttributesChanged", {"assigned": {"\0": "a"}}),
        "NUL character",
        id="NUL in a name of an attribute",
    ),
    pytest.param(
        _changed("PriceSet", {"currency": "EUR", "amount": 2**70}), "int64", id="a large amount"
    ),
    pytest.param(
        _changed("ProductRegistered", {"sku": "DESK-1", "name": "D", "attributes": {}}),
        "product_details_sku",
        id="another's SKU",
    ),
    pytest.param(
        _changed("ProductRegistered", {"sku": LONG_SKU, "name": "D", "attributes": {}}),
        "index row",
        id="a long SKU",
    ),
]


@pytest.mark.parametrize(("poison", "reason"), POISON)
async def test_only_its_stream_stands_still_and_is_read_as_it_was(
    engine: AsyncEngine, poison: Encoded, reason: str
) -> None:
    log = Log(engine)
    await log.given(DESK, desk)
    await log.given(LAMP, registered, sun)
    at_fault = await log.given_stored(LAMP, poison)
    await log.given(LAMP, moon)
    head = await log.given(DESK, moon)

    (batch,) = await projected(engine)

    assert await checkpoint(engine) == head
    assert await names(engine) == {LAMP: ("Sun", 2), DESK: ("Moon", 2)}
    (found,) = await parked(engine)
    assert (found.product_id, found.position) == (LAMP, at_fault)
    assert found.reason.startswith(f"{poison.type}, schema version {poison.schema_version}: ")
    assert reason in found.reason
    assert [(fault.event.position, fault.reason) for fault in batch.faults] == [
        (at_fault, found.reason)
    ]
    read = shown(batch)
    assert {product: read[product].version for product in read} == {LAMP: 2, DESK: 2}
    assert (read[LAMP].parked, read[DESK].parked) == (Standstill(at_fault), UNSET)


@pytest.mark.parametrize("poison", [TELEPORTED, encode(sun)])
async def test_a_product_that_never_began_is_not_read(engine: AsyncEngine, poison: Encoded) -> None:
    log = Log(engine)
    await log.given_stored(LAMP, poison)
    await log.given(LAMP, registered)
    await projected(engine)
    assert await places(engine) == [(LAMP, 1)]
    assert not any((await rows(engine)).values())


async def test_what_comes_behind_it_waits_in_the_log(engine: AsyncEngine) -> None:
    log = Log(engine)
    await log.given(LAMP, registered)
    at_fault = await log.given_stored(LAMP, TELEPORTED)
    await projected(engine)
    before = await parked(engine)
    await log.given(LAMP, sun)
    await log.given_stored(LAMP, TELEPORTED)
    head = await log.given(LAMP, moon)

    (batch,) = await projected(engine)

    assert (batch.changes, batch.faults, len(batch.events)) == ([], [], 3)
    assert await checkpoint(engine) == head
    assert await names(engine) == {LAMP: ("Lamp", 1)}
    assert await parked(engine) == before
    assert await places(engine) == [(LAMP, at_fault)]


async def test_the_same_product_of_another_catalog_goes_on(engine: AsyncEngine) -> None:
    main, outlet = Log(engine), await opened(engine, "outlet")
    await main.given(LAMP, registered)
    await main.given_stored(LAMP, TELEPORTED)
    await outlet.given(LAMP, registered, sun)
    await projected(engine, "main")
    await projected(engine, "outlet")
    assert await names(engine, "outlet") == {LAMP: ("Sun", 2)}
    assert await parked(engine, "outlet") == []


async def test_parking_is_a_part_of_the_step_of_the_checkpoint(engine: AsyncEngine) -> None:
    await Log(engine).given_stored(LAMP, TELEPORTED)
    batch = await rolled_back(engine)
    assert len(batch.faults) == 1
    assert (await checkpoint(engine), await parked(engine)) == (0, [])


@pytest.mark.parametrize("error", [MemoryError, asyncpg.InternalClientError])
async def test_a_fault_of_this_process_is_not_blamed_on_a_stream(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def failing(_: object) -> bytes:
        raise error

    await Log(engine).given(LAMP, registered)
    monkeypatch.setattr(projection, "encode", failing)
    with pytest.raises((MemoryError, DatabaseUnavailable)):
        await projected(engine)
    assert (await checkpoint(engine), await parked(engine)) == (0, [])


async def test_a_fault_of_the_database_is_not_blamed_on_a_stream(engine: AsyncEngine) -> None:
    await Log(engine).given(LAMP, registered, PriceSet(currency="EUR", amount=1))
    async with driver(engine) as connection:
        await connection.execute("alter table read_1.product_prices rename to prices")
    with pytest.raises(asyncpg.UndefinedTableError):
        await projected(engine)
    assert (await checkpoint(engine), await parked(engine)) == (0, [])
    assert await names(engine) == {}
