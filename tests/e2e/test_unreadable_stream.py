"""A product whose history holds what this release can't read says so, and no other suffers."""

import asyncio
import json
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.settings import Settings
from events.codec import Encoded
from events.product import ProductRenamed
from tests.command import Catalog
from tests.conversation import PRODUCTS, Caller
from tests.given import Log
from tests.interventions import followed
from tests.poisoned import PROJECTIONS, Poisoned
from tests.worker_process import worker

pytest_plugins = ("tests.conversation_fixtures", "tests.poisoned_fixtures")

COMMANDS: list[tuple[str, str, object]] = [
    ("PATCH", "", {"name": "Sun"}),
    ("PUT", "/prices/EUR", {"amount": 1799}),
    ("DELETE", "/prices/USD", None),
    ("POST", "/publish", None),
    ("POST", "/archive", {"reason": "recall"}),
    ("POST", "/revert", {"to_version": 1}),
    ("POST", "/revert", {"to_version": 3}),
]


@pytest.mark.parametrize(("method", "path", "body"), COMMANDS)
@pytest.mark.parametrize("headers", [{}, {"If-Match": '"3"'}, {"Idempotency-Key": "k-1"}])
async def test_a_command_is_refused_with_the_event_and_the_reason(
    anna: Caller, lamp: Poisoned, method: str, path: str, body: object, headers: dict[str, str]
) -> None:
    answer = await anna.asks(method, lamp.path + path, json=body, headers=headers)
    problem = answer.refused(409, "unreadable-stream")
    assert (problem["position"], problem["event_version"]) == (lamp.position, 3)
    assert (problem["event_type"], problem["schema_version"]) == ("ProductTeleported", 1)
    assert "does not know" in problem["reason"]
    assert (await anna.gets(problem["type"])).gives(200)


async def test_the_product_is_read_as_it_was_and_others_go_on(
    anna: Caller, parked_lamp: Poisoned
) -> None:
    other = await anna.given(sku="LAMP-2", name="Other")
    changed = await anna.asks("PATCH", f"{PRODUCTS}/{other['id']}", json={"name": "Sun"})
    position = changed.gives(200).body["position"]
    assert (await anna.reads(f"{PRODUCTS}/{other['id']}", position)).body["name"] == "Sun"
    shown = (await anna.gets(parked_lamp.path)).gives(200).body
    assert (shown["name"], shown["version"]) == ("Lamp", 2)
    assert shown["parked"] == {"position": parked_lamp.position}
    listed = (await anna.reads(PRODUCTS, position)).body["items"]
    assert {each["name"] for each in listed} == {"Lamp", "Sun"}


async def test_no_answer_claims_to_reflect_more_than_the_product_does(
    anna: Caller, parked_lamp: Poisoned
) -> None:
    """Who waits for more of it is told at once, and other products are read as before."""
    shown = await anna.gets(parked_lamp.path)
    assert int(shown.headers["Catalog-Position"]) == parked_lamp.position - 1
    assert shown.headers["ETag"] == '"2-parked"'
    unchanged = await anna.gets(parked_lamp.path, {"If-None-Match": '"2-parked"'})
    unchanged.gives(304)
    asked = {"Catalog-Min-Position": str(parked_lamp.position), "Catalog-Wait": "10000"}
    async with asyncio.timeout(5):
        answer = await anna.gets(parked_lamp.path, asked)
    problem = answer.refused(503, "projection-behind")
    assert answer.headers["Retry-After"] == "60"
    assert (problem["position"], problem["stands_still"]) == (parked_lamp.position - 1, True)
    listed = await anna.reads(PRODUCTS, parked_lamp.position)
    assert [each["id"] for each in listed.body["items"]] == [parked_lamp.id]


async def test_operators_see_which_product_stands_still_and_why(
    anna: Caller, parked_lamp: Poisoned
) -> None:
    standing = (await anna.gets(PROJECTIONS)).gives(200).body
    assert (standing["checkpoint"], standing["lag_events"]) == (parked_lamp.position, 0)
    assert (standing["parked"], standing["waiting"], standing["outdated"]) == (1, 0, False)
    (parked,) = standing["parked_streams"]
    assert (parked["product_id"], parked["position"]) == (parked_lamp.id, parked_lamp.position)
    assert parked["reason"].startswith("ProductTeleported, schema version 1: ")
    assert parked["parked_at"]


async def test_an_administrator_has_it_go_on_without_the_event_at_fault(
    anna: Caller, engine: AsyncEngine, lamp: Poisoned, settings: Settings, tmp_path: Path
) -> None:
    head = await Log(engine).given(UUID(lamp.id), ProductRenamed(name="Sun"))
    with worker(settings, tmp_path) as process:
        await process.is_ready()
        await anna.reads(PRODUCTS, head)
        shown = (await anna.gets(lamp.path)).gives(200).body
        assert (shown["name"], shown["parked"]) == ("Lamp", {"position": lamp.position})

        asked = await anna.posts(lamp.asked("discard"), {"position": lamp.position})
        done = await followed(anna, asked)
        assert (done["actor"], done["action"]) == ("anna", "discard")
        assert (done["position"], done["outcome"]) == (lamp.position, "done")
        shown = (await anna.reads(lamp.path, head)).body
        assert (shown["name"], shown["version"]) == ("Sun", 4)
        assert "parked" not in shown
        assert (await anna.gets(PROJECTIONS)).gives(200).body["parked"] == 0
        await process.says("intervened")


@pytest.mark.usefixtures("projecting")
async def test_nothing_is_parked_in_a_sound_catalog(anna: Caller) -> None:
    receipt = await anna.given()
    await anna.reads(f"{PRODUCTS}/{receipt['id']}", receipt["position"])
    standing = (await anna.gets(PROJECTIONS)).gives(200).body
    assert (standing["parked"], standing["parked_streams"]) == (0, [])


async def test_its_history_is_there_whole(
    anna: Caller, lamp: Poisoned, engine: AsyncEngine
) -> None:
    await Log(engine).given_stored(UUID(lamp.id), Encoded("ProductTeleported", 1, "[]"))
    items = (await anna.gets(f"{lamp.path}/history")).gives(200).body["items"]
    assert [item["type"] for item in items[-2:]] == ["ProductTeleported"] * 2
    assert [item["data"] for item in items[-2:]] == [{"to": "Mars"}, []]
    assert [item["changes"] for item in items[-2:]] == [[], []]
    assert "version 3 can't be read" in items[-1]["changes_unknown"]
    assert items[0]["changes_unknown"] is None
    assert items[0]["changes"]


@pytest.mark.usefixtures("lamp")
async def test_an_import_fails_its_row_and_goes_on(
    catalog: Catalog, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    feed = tmp_path / "feed.ndjson"
    rows = [{"sku": sku, "name": "Sun"} for sku in ("NEW-1", "LAMP-1", "NEW-2")]
    feed.write_text("\n".join(map(json.dumps, rows)))
    assert await asyncio.to_thread(catalog, "import", str(feed), "--json") == 1
    told = capsys.readouterr()
    assert "line 2 (LAMP-1): The log has an event of this product that this version" in told.err
    counts = json.loads(told.out.splitlines()[-1])
    assert (counts["created"], counts["failed"]) == (2, 1)
