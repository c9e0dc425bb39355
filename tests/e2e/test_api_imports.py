"""A feed is taken in, or refused, before a worker has anything to do with it."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncEngine
from uuid_utils.compat import uuid7

from api.main import create_app
from api.settings import Settings
from commands.errors import TooManyImports
from commands.feeds.jobs import IMPORT
from events.database import driver
from tests.asked_jobs import asked, found
from tests.conversation import Caller
from tests.e2e.test_api_jobs import one_with, serving
from tests.uploading import IMPORTS, LAMPS, NDJSON, Room, jobs_of, repeated, uploads
from tests.uploading import uploads_in_pieces as in_pieces
from workers.job_leases import end_cancelled

pytest_plugins = ("tests.conversation_fixtures",)

LIMIT = 2**21


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    return create_app(settings.model_copy(update={"upload_limit_bytes": LIMIT}))


@pytest.fixture
def room(settings: Settings) -> Room:
    return Room(settings.uploads_directory)


async def test_a_feed_is_kept_and_a_job_is_made_of_it(
    anna: Caller, engine: AsyncEngine, room: Room
) -> None:
    answer = (await uploads(anna)).gives(202)

    job = answer.body
    assert (job["kind"], job["catalog"], job["actor"]) == ("import", "main", "anna")
    assert (job["state"], job["source"], job["mode"]) == ("queued", "default", "upsert")
    assert job["rows"] == job["failed"] == job["progress"] == 0
    assert job["phase"] is job["errors_url"] is job["estimate_seconds"] is None
    assert answer.headers["Location"] == f"/v1/jobs/{job['id']}"
    assert (await anna.gets(answer.headers["Location"])).gives(200).body == job
    [file] = room.files()
    assert file.read_bytes() == LAMPS
    assert file.stat().st_mode & 0o777 == 0o600
    assert (await found(engine, UUID(job["id"]))).arguments == {
        "file": file.name,
        "size": len(LAMPS),
        "sha256": sha256(LAMPS).hexdigest(),
        "currency": "USD",
        "source": "default",
        "mode": "upsert",
        "dry_run": False,
        "occurred_at": None,
        "max_errors": None,
        "mapping": {},
        "form": "ndjson",
    }


async def test_how_it_is_meant_comes_with_it(anna: Caller, engine: AsyncEngine) -> None:
    query = (
        "?mode=sync&source=acme:eu&dry_run=true&occurred_at=2023-12-17T00:00:00%2B01:00"
        "&max_errors=0&map=Artikel=sku&map=Preis%20EUR=price.EUR&map=Lager=&format=csv"
    )
    job = (await uploads(anna, b"Artikel;Preis EUR\n", query)).gives(202).body
    assert (job["source"], job["mode"], job["dry_run"]) == ("acme:eu", "sync", True)
    [asked] = await jobs_of(engine)
    assert asked["occurred_at"] == "2023-12-16T23:00:00Z"
    assert asked["max_errors"] == 0
    assert asked["mapping"] == {"Artikel": "sku", "Preis EUR": "price.EUR", "Lager": ""}
    assert asked["form"] == "csv"


@pytest.mark.parametrize(
    ("media_type", "form"),
    [
        ("application/json", "json"),
        ("TEXT/CSV; charset=utf-8", "csv"),
        ("application/jsonl", "ndjson"),
        ("application/octet-stream", None),
    ],
)
async def test_its_type_says_its_form(
    media_type: str, form: str | None, anna: Caller, engine: AsyncEngine
) -> None:
    (await uploads(anna, headers={"Content-Type": media_type})).gives(202)
    assert [each["form"] for each in await jobs_of(engine)] == [form]


async def test_another_type_is_refused(anna: Caller, room: Room) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    refusal = (await uploads(anna, headers=form)).refused(415, "unsupported-media-type")
    assert "text/csv" in refusal["accepted"]
    assert room.files() == []


async def test_what_is_packed_is_kept_as_it_comes(anna: Caller, room: Room) -> None:
    packed = gzip.compress(LAMPS)
    (await uploads(anna, packed, headers=NDJSON | {"Content-Encoding": "GZIP"})).gives(202)
    (await uploads(anna, packed, "?source=b", {"Content-Type": "application/gzip"})).gives(202)
    assert {each.read_bytes() for each in room.files()} == {packed}

    refused = await uploads(anna, packed, "?source=c", NDJSON | {"Content-Encoding": "br"})
    refused.refused(415, "unsupported-coding")
    assert refused.headers["Accept-Encoding"] == "identity, gzip"


@pytest.mark.parametrize(
    "query",
    [
        "?mode=replace",
        "?source=a%20b",
        "?dry_run=1",
        "?max_errors=-1",
        "?max_errors=100001",
        "?occurred_at=2999-01-01T00:00:00Z",
        "?occurred_at=yesterday",
        "?format=xml",
        "?map=sku",
        "?map=a=colour",
        "?map=a=sku&map=a=name",
        "?source=a&source=b",
        "?sauce=a",
    ],
)
async def test_what_is_not_understood_is_refused(query: str, anna: Caller, room: Room) -> None:
    (await uploads(anna, query=query)).refused(422, "invalid-input")
    assert room.files() == []


async def test_it_is_bounded_whether_it_says_how_long_it_is_or_not(
    anna: Caller, room: Room
) -> None:
    """And not by what bounds documents."""
    piece = b"[" * 2**16
    as_json = {"Content-Type": "application/json"}
    (await uploads(anna, piece * (LIMIT // 2**16) + b"[", headers=as_json)).refused(
        413, "body-too-large"
    )
    (await in_pieces(anna, repeated(piece, 40))).refused(413, "body-too-large")
    assert room.files() == []
    (await uploads(anna, piece * (LIMIT // 2**16), headers=as_json)).gives(202)
    assert [each.stat().st_size for each in room.files()] == [LIMIT]


async def test_an_empty_feed_is_none(anna: Caller, room: Room) -> None:
    (await uploads(anna, b"")).refused(422, "empty-feed")
    assert room.files() == []


async def test_a_full_disk_is_told_of_and_not_filled_to_the_brim(
    anna: Caller, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.imports.spool.LEFT_FREE", 1.0)
    answer = await uploads(anna)
    answer.refused(503, "storage-full")
    assert answer.headers["Retry-After"] == "60"
    assert room.files() == []


async def test_a_catalog_has_so_many_imports(
    anna: Caller, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commands.jobs.MOST_IMPORTS", 1)
    job = (await uploads(anna, query="?source=a")).gives(202).body
    refusal = (await uploads(anna, query="?source=b")).refused(409, "too-many-imports")
    assert refusal["limit"] == 1
    with pytest.raises(TooManyImports):
        await asked(engine, IMPORT, source="b")
    (await anna.posts(f"/v1/jobs/{job['id']}/cancel")).gives(202)
    async with driver(engine) as connection:
        await end_cancelled(connection)
    (await uploads(anna, query="?source=b")).gives(202)


async def test_so_many_feeds_come_at_a_time(anna: Caller, settings: Settings, room: Room) -> None:
    may_go_on = asyncio.Event()

    async def held_up() -> AsyncIterator[bytes]:
        yield LAMPS * 40_000
        await may_go_on.wait()

    async with serving(settings.model_copy(update={"uploads_limit": 1})) as client:
        caller = Caller(client, anna.token)
        first = asyncio.create_task(in_pieces(caller, held_up()))
        await room.has_part()
        answer = await uploads(caller, query="?source=b")
        answer.refused(503, "too-many-uploads")
        assert answer.headers["Retry-After"] == "5"
        may_go_on.set()
        (await first).gives(202)
        (await uploads(caller, query="?source=b")).gives(202)


async def test_a_source_has_one_import_at_a_time(anna: Caller, room: Room) -> None:
    job = (await uploads(anna, query="?source=acme")).gives(202).body
    again = (await uploads(anna, query="?source=acme")).refused(409, "import-running")
    assert again["job_id"] == job["id"]
    assert len(room.files()) == 1
    (await uploads(anna, query="?source=other")).gives(202)


async def test_nor_one_beside_that_of_the_command_line(
    anna: Caller, engine: AsyncEngine, room: Room
) -> None:
    async with driver(engine) as connection:
        await connection.execute(
            """
            insert into feeds.runs (run_id, catalog_id, source, mode, dry_run, identity, form,
                columns, actor, correlation_id, counts, holder, held_until, head)
            values ($1, 'main', 'acme', 'upsert', false, '', 'csv', '{}', 'bert', 'r-1', '{}', 'x',
                clock_timestamp() + $2::interval, 0)
            """,
            uuid7(),
            timedelta(minutes=1),
        )
    refusal = (await uploads(anna, query="?source=acme")).refused(409, "import-running")
    assert refusal["job_id"] is None
    assert room.files() == []
    async with driver(engine) as connection:
        await connection.execute("update feeds.runs set held_until = now() - interval '1 second'")
    (await uploads(anna, query="?source=acme")).gives(202)


@pytest.mark.usefixtures("a_minute_that_lasts")
async def test_it_counts_as_one_write(anna: Caller, settings: Settings) -> None:
    async with serving(settings.model_copy(update={"writes_per_minute": 1})) as client:
        caller = Caller(client, anna.token)
        (await uploads(caller)).gives(202)
        (await uploads(caller, query="?source=b")).refused(429, "write-quota-exceeded")


async def test_the_newest_imports_are_listed_for_who_writes(
    anna: Caller, client: AsyncClient, engine: AsyncEngine
) -> None:
    made: list[Any] = [
        (await uploads(anna, query=f"?source={source}")).gives(202).body for source in "abc"
    ]
    (await anna.posts("/v1/catalogs/main/projections/rebuild")).gives(202)
    bert = await one_with({"main": "editor"}, client, engine)
    listed = (await bert.gets(f"{IMPORTS}?limit=2")).gives(200).body
    assert listed == {"items": [made[2], made[1]]}
