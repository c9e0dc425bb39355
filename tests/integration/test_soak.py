"""That the soak runs, and that it finds what is wrong; all of it is `make bench ARGS=soak`."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import uvloop
from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.harness.installation import Installation
from benchmarks.soak import promises
from benchmarks.soak.caller import Credentials
from benchmarks.soak.course import Outcome, soak
from benchmarks.soak.faults import KILLED, POSTGRES_CRASHED
from benchmarks.soak.memory import Grown
from benchmarks.soak.oracle import verdict
from benchmarks.soak.promises import of_answers, of_what_is_kept, of_writes
from benchmarks.soak.stage import Stage, stage
from benchmarks.soak.writes import Receipt, Write
from cli import embedded
from cli.administrator import add_first
from events.database import driver
from events.product import PriceSet, ProductRegistered
from migrations.run import upgrade
from tests.auth import PASSWORD
from tests.given import LAMP, Log, projected, registered

REQUESTS, CALLERS = 1_000, 4
FAULTS = (KILLED, POSTGRES_CRASHED)
CONFIRMING = {"fsync": "off", "max_connections": "400"}
"""What is committed outlives the server, if not the machine."""
BRISK = {"CATALOG_DRAIN_SECONDS": "0", "CATALOG_BCRYPT_ROUNDS": "4"}


@pytest.fixture
def staged(redis_url: str, tmp_path: Path) -> Iterator[Stage]:
    with embedded.postgres(tmp_path, CONFIRMING) as postgres:
        uvloop.run(upgrade(postgres.url))
        installation = Installation(postgres.url, redis_url, tmp_path, BRISK)
        with stage(installation, postgres.child) as staged:
            yield staged


def test_what_was_acknowledged_is_there_after_faults(
    staged: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How soon nobody is put off any more is measured where nothing else goes on."""
    monkeypatch.setattr(promises, "SETTLED_SECONDS", 60.0)
    monkeypatch.setattr(promises, "CUT_SECONDS", 10.0)

    async def soaked() -> Outcome:
        await add_first(staged.installation.database_url, "anna", PASSWORD)
        return await soak(
            staged,
            Credentials("anna", PASSWORD),
            requests=REQUESTS,
            callers=CALLERS,
            faults=FAULTS,
            say=lambda _: None,
        )

    outcome = uvloop.run(soaked())

    groups = (of_answers, of_writes, of_what_is_kept)
    assert not [each for of in groups for each in of(outcome) if not each.kept]
    assert [each.fault for each in outcome.faults] == [*FAULTS]


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
        Write(("PriceSet", "9"), has_key=True, was_in_doubt=True),
    ]

    async with driver(engine) as connection:
        found = await verdict(connection, writes)

    assert (found.acknowledged, found.lost) == (3, 1)
    assert found.repeated == 1
    assert (found.refused, found.refused_and_written) == (1, 1)
    assert (found.in_doubt, found.unknown_with_key, found.unknown_without_key) == (1, 1, 1)
    assert found.asked == len(writes)
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
