"""From the request for a rebuild to the tables that are read then."""

from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from api.settings import Settings
from events.database import driver
from projections.generations import schema_of
from tests.conversation import PRODUCTS, Answer, Caller
from tests.eventually import eventually
from tests.worker_process import worker

pytest_plugins = ("tests.conversation_fixtures",)

PROJECTIONS = "/v1/catalogs/main/projections"


async def ended(anna: Caller, accepted: Answer) -> dict[str, Any]:
    """The job, once it has come to its end."""
    address = accepted.gives(202).headers["Location"]

    async def has_ended() -> bool:
        return (await anna.gets(address)).body["finished_at"] is not None

    await eventually(has_ended)
    job: dict[str, Any] = (await anna.gets(address)).body
    return job


async def test_a_rebuild_is_run_by_the_worker_and_read_from_then_on(
    anna: Caller, settings: Settings, tmp_path: Path
) -> None:
    lamp = await anna.given()
    with worker(settings, tmp_path) as process:
        await process.is_ready()
        await anna.reads(f"{PRODUCTS}/{lamp['id']}", lamp["position"])
        before = (await anna.gets(PROJECTIONS)).body["generation"]
        job = await ended(anna, await anna.posts(f"{PROJECTIONS}/rebuild"))
        assert (job["state"], job["progress"], job["problem"]) == ("succeeded", 1, None)
        assert (job["phase"], job["events"], job["differences"]) == ("done", lamp["position"], [])
        assert job["generation"] > before
        assert (await anna.gets(PROJECTIONS)).body["generation"] == job["generation"]
        desk = await anna.given(sku="DESK-1")
        for each in (lamp, desk):
            await anna.reads(f"{PRODUCTS}/{each['id']}", desk["position"])


async def test_what_differs_ends_a_rebuild_unless_it_is_accepted(
    anna: Caller, engine: AsyncEngine, settings: Settings, tmp_path: Path
) -> None:
    lamp = await anna.given()
    with worker(settings, tmp_path) as process:
        await process.is_ready()
        await anna.reads(f"{PRODUCTS}/{lamp['id']}", lamp["position"])
        generation = (await anna.gets(PROJECTIONS)).body["generation"]
        async with driver(engine) as connection:
            await connection.execute(
                f"update only {schema_of(generation)}.product_prices set amount = amount + 1"
            )
        job = await ended(anna, await anna.posts(f"{PROJECTIONS}/rebuild"))
        assert job["state"] == "failed"
        (prices,) = job["differences"]
        assert (prices["table"], prices["products"]) == ("product_prices", 1)
        assert prices["examples"] == [lamp["id"]]
        assert (await anna.gets(PROJECTIONS)).body["generation"] == generation

        accepting = {"accept_differences": True}
        job = await ended(anna, await anna.posts(f"{PROJECTIONS}/rebuild", accepting))
        assert job["state"] == "succeeded"
        assert (await anna.gets(PROJECTIONS)).body["generation"] == job["generation"]
