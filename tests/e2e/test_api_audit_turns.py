"""However many audit, and however long it takes: products are read and written as ever."""

import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.settings import Settings
from events.database import CONNECT_SECONDS
from queries import turns
from queries.database import ReadDatabase
from queries.turns import Turns
from tests.auditing import audits
from tests.conversation import NOBODY, PRODUCTS, Answer, Caller
from tests.holding import held, waits

pytest_plugins = ("tests.conversation_fixtures",)

OF_PRODUCT = (f"{PRODUCTS}/{NOBODY}", f"{PRODUCTS}/by-sku/LAMP-1")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"database_pool_size": 6})


def asking(anna: Caller, path: str, times: int) -> list[asyncio.Task[Answer]]:
    return [asyncio.create_task(anna.gets(path)) for _ in range(times)]


async def outcomes(asked: list[asyncio.Task[Answer]]) -> set[str]:
    """The problems that there were, and "" where there was none."""
    return {each.body.get("type", "") for each in await asyncio.gather(*asked)}


async def test_while_reads_can_t_be_recorded_products_are_written(
    anna: Caller, engine: AsyncEngine
) -> None:
    product = f"{PRODUCTS}/{(await anna.given())['id']}"
    async with held(engine, "lock table access.audit_reads"):
        asked = asking(anna, f"{product}/history", 40)
        await waits(engine, "catalog-commands", "access.audit_reads")
        async with asyncio.timeout(CONNECT_SECONDS - 1):
            (await anna.asks("PATCH", product, json={"name": "Lantern"})).gives(200)
        assert await outcomes(asked) == {
            "/problems/database-unavailable",
            "/problems/too-many-queries",
        }


async def test_while_auditors_wait_for_the_log_products_are_looked_up_and_listed(
    anna: Caller, engine: AsyncEngine
) -> None:
    product = f"{PRODUCTS}/{(await anna.given())['id']}"
    async with held(engine, "lock table event_store.events"):
        asked = asking(anna, f"{product}/history", 100)
        await waits(engine, "catalog-queries", "event_store.events")
        async with asyncio.timeout(CONNECT_SECONDS - 1):
            (await anna.gets(f"{PRODUCTS}/{NOBODY}")).refused(404, "unknown-product")
            (await anna.gets(PRODUCTS)).gives(200)
        assert "/problems/too-many-queries" in await outcomes(asked)
    (await anna.gets(f"{product}/history")).gives(200)


async def test_every_question_about_the_log_waits_for_its_turn(
    anna: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Turns(1)
    monkeypatch.setattr(ReadDatabase, "audit", lambda _: one.taken())
    asked = {name: path for name, path in audits().items() if name != "list_audit_reads"}
    async with one.taken():
        monkeypatch.setattr(turns, "TURN_SECONDS", 0.01)
        for path in (*asked.values(), *(f"{each}?version=1" for each in OF_PRODUCT)):
            (await anna.gets(path)).refused(503, "too-many-queries")
