"""That the soak runs, and that it finds what is wrong; all of it is `make bench ARGS=soak`."""

from pathlib import Path
from uuid import uuid4

import pytest
import uvloop
from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.installation import Installation
from benchmarks.soak.caller import Credentials
from benchmarks.soak.course import Outcome, soak
from benchmarks.soak.faults import KILLED, WORKER_KILLED
from benchmarks.soak.memory import Grown
from benchmarks.soak.oracle import verdict
from benchmarks.soak.report import of_answers, of_writes
from benchmarks.soak.stage import stage
from benchmarks.soak.tally import Receipt, Write
from events.database import driver
from events.product import PriceSet, ProductRegistered
from tests.auth import PASSWORD, given_key, given_user
from tests.given import LAMP, Log, projected, registered

REQUESTS = 1_000


@pytest.fixture
def credentials() -> Credentials:
    return Credentials("anna", PASSWORD)


@pytest.fixture
async def installation(
    database_url: str, redis_url: str, tmp_path: Path, engine: AsyncEngine
) -> Installation:
    await given_key(engine)
    await given_user(engine, "anna", {"*": "admin"})
    return Installation(database_url, redis_url, tmp_path)


def test_what_was_acknowledged_is_there_after_kills(
    installation: Installation, credentials: Credentials
) -> None:
    async def soaked() -> Outcome:
        faults = (KILLED, WORKER_KILLED)
        return await soak(
            staged, credentials, requests=REQUESTS, callers=8, faults=faults, say=lambda _: None
        )

    with stage(installation) as staged:
        outcome = uvloop.run(soaked())

    broken = [each for each in (*of_answers(outcome), *of_writes(outcome)) if not each.kept]
    assert not broken
    assert [each.fault for each in outcome.faults] == [KILLED, WORKER_KILLED]
    assert outcome.verdict.acknowledged > 0


async def test_what_is_lost_repeated_or_written_unasked_is_found(engine: AsyncEngine) -> None:
    lamp = str(LAMP)
    price = PriceSet(currency="USD", amount=5)
    await Log(engine).given(LAMP, registered, price, price, PriceSet(currency="USD", amount=7))
    await projected(engine)
    writes = [
        Write(("ProductRegistered", "LAMP-1"), Receipt(lamp, 1, 1)),
        Write(("PriceSet", "5"), Receipt(lamp, 2, 2)),
        Write(("PriceSet", "6"), Receipt(lamp, 5, 5)),
        Write(("PriceSet", "7"), refused=True),
        Write(("PriceSet", "8")),
    ]

    async with driver(engine) as connection:
        found = await verdict(connection, writes)

    assert (found.acknowledged, found.lost) == (3, 1)
    assert found.repeated == 1
    assert (found.refused, found.refused_and_written) == (1, 1)
    assert found.unknown == 1
    assert (found.products, found.read_otherwise) == (1, 0)


async def test_what_is_read_otherwise_is_found(engine: AsyncEngine) -> None:
    log = Log(engine)
    await log.given(LAMP, registered)
    await projected(engine)
    new = ProductRegistered(sku="LAMP-2", name="Lamp", attributes={})
    await log.given(uuid4(), new)
    await log.given(LAMP, PriceSet(currency="USD", amount=7))

    async with driver(engine) as connection:
        found = await verdict(connection, [])

    assert (found.products, found.read_otherwise) == (2, 2)


def test_growth_is_told_from_when_a_process_is_warm() -> None:
    climbing = Grown("API", [50.0] * 30 + [100.0] * 60 + [120.0] * 10)

    assert (climbing.warm, climbing.end) == (100.0, 120.0)
    assert climbing.growth == pytest.approx(0.2)
