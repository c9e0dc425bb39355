"""The poisoned lamp, before and after it stands still, and the command line beside it."""

from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.command import Catalog, catalog_command
from tests.conversation import PRODUCTS, Caller
from tests.given import Log
from tests.operating import Operator
from tests.poisoned import TELEPORTED, Poisoned


@pytest.fixture
async def lamp(anna: Caller, engine: AsyncEngine) -> Poisoned:
    receipt = await anna.given()
    position = await Log(engine).given_stored(UUID(receipt["id"]), TELEPORTED)
    return Poisoned(receipt["id"], position)


@pytest.fixture
async def parked_lamp(anna: Caller, lamp: Poisoned, projecting: None) -> Poisoned:
    """As soon as it stands still."""
    assert projecting is None
    await anna.reads(PRODUCTS, lamp.position)
    return lamp


@pytest.fixture
def catalog(monkeypatch: pytest.MonkeyPatch, database_url: str, redis_url: str) -> Catalog:
    """On a wide terminal."""
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setenv("CATALOG_DATABASE_URL", database_url)
    monkeypatch.setenv("CATALOG_REDIS_URL", redis_url)
    return catalog_command(monkeypatch)


@pytest.fixture
def operator(catalog: Catalog, capsys: pytest.CaptureFixture[str]) -> Operator:
    return Operator(catalog, capsys)
