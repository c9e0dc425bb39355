"""Products as a file over HTTP: all of it, or an answer that is seen to be cut off."""

import asyncio
import csv
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO, StringIO

import msgspec
import pyarrow.parquet
import pytest
from fastapi import FastAPI
from httpx import AsyncClient, ReadError, RemoteProtocolError, Response
from sqlalchemy.ext.asyncio import AsyncEngine

from api.main import create_app
from api.settings import Settings
from events.database import driver
from queries.exports import exporting
from queries.exports.exporting import Export, Piece
from tests.auth import Service, bearer, given_user
from tests.conversation import PRODUCTS, Caller
from tests.eventually import eventually
from tests.faulty import measured
from tests.serving import served
from tests.shelf import shelf, stock

pytest_plugins = ("tests.conversation_fixtures",)

EXPORT = "/v1/catalogs/main/export"
CUT_OFF = (RemoteProtocolError, ReadError)
ALL = f"{EXPORT}?status=any"


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    return create_app(settings.model_copy(update={"exports_limit": 2, "send_seconds": 1}))


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[AsyncClient]:
    async with served(app) as address, AsyncClient(base_url=address) as client:
        yield client


async def documents(engine: AsyncEngine) -> list[str]:
    async with driver(engine) as connection:
        rows = await connection.fetch(
            "select document::text from read.product_details where catalog_id = 'main'"
            " order by product_id"
        )
    return [row["document"] for row in rows]


@asynccontextmanager
async def exporting_to(caller: Caller) -> AsyncIterator[Response]:
    """A reader who takes what he asks for."""
    asking = caller.http.stream("GET", ALL, headers=bearer(caller.token or ""))
    async with asking as response:
        assert response.status_code == 200
        yield response


async def endless(_: Export) -> AsyncGenerator[Piece]:
    while True:
        await asyncio.sleep(0)
        yield Piece(b"x" * 65_536, 1)


async def is_cut_off(pieces: AsyncIterator[bytes]) -> None:
    with pytest.raises(CUT_OFF):
        await _taken(pieces)


async def _taken(pieces: AsyncIterator[bytes]) -> None:
    async for _ in pieces:
        pass


async def ended(outcome: str) -> float:
    return measured("exports_ended_total", outcome=outcome)


async def none_is_under_way() -> bool:
    return measured("exports") == 0


async def test_each_format_has_all_products(anna: Caller, engine: AsyncEngine) -> None:
    await stock(engine, shelf(60))
    there = await documents(engine)
    ids = [msgspec.json.decode(each)["id"] for each in there]

    lines = (await anna.gets(ALL)).gives(200)
    assert lines.response.text.splitlines() == there
    assert lines.headers["Content-Type"] == "application/x-ndjson"
    assert lines.headers["Content-Disposition"] == 'attachment; filename="main-products.ndjson"'
    assert int(lines.headers["Catalog-Position"]) > 60

    rows = (await anna.gets(f"{ALL}&format=csv")).gives(200).response.text
    assert [row["id"] for row in csv.DictReader(StringIO(rows, newline=""))] == ids

    parquet = (await anna.gets(f"{ALL}&format=parquet")).gives(200).response.content
    assert pyarrow.parquet.read_table(BytesIO(parquet))["id"].to_pylist() == ids


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("text/csv", "text/csv; charset=utf-8; header=present"),
        ("text/csv;q=0.5, application/vnd.apache.parquet", "application/vnd.apache.parquet"),
        ("application/json", "application/x-ndjson"),
    ],
)
async def test_a_format_may_be_accepted(anna: Caller, accept: str, content_type: str) -> None:
    answer = (await anna.gets(EXPORT, {"Accept": accept})).gives(200)
    assert answer.headers["Content-Type"] == content_type


async def test_it_is_narrowed_as_a_list_is(anna: Caller, engine: AsyncEngine) -> None:
    await stock(engine, shelf(60))
    for asked in ("", "status=archived", "category=a&attr.color=red", "q=lamp&tag=new"):
        listed = (await anna.gets(f"{PRODUCTS}?limit=200&{asked}")).gives(200).body["items"]
        lines = (await anna.gets(f"{EXPORT}?{asked}")).gives(200).response.text.splitlines()
        exported = [msgspec.json.decode(line) for line in lines]
        assert exported == sorted(listed, key=lambda each: str(each["id"]))


async def test_what_belongs_to_lists_is_not_known(anna: Caller) -> None:
    for unknown in ("limit=5", "sort=name", "format=xlsx", "cursor=a"):
        (await anna.gets(f"{EXPORT}?{unknown}")).refused(422, "invalid-input")


@pytest.mark.usefixtures("projecting")
async def test_it_waits_for_what_was_written(anna: Caller) -> None:
    position = (await anna.given())["position"]
    answer = await anna.reads(EXPORT, position)
    assert int(answer.headers["Catalog-Position"]) >= position
    assert '"LAMP-1"' in answer.response.text
    beyond = {"Catalog-Min-Position": str(position + 1), "Catalog-Wait": "0"}
    (await anna.gets(EXPORT, beyond)).refused(503, "projection-behind")


async def test_head_tells_the_headers_and_ends(
    anna: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Export, "pieces", endless)
    answer = (await anna.asks("HEAD", EXPORT)).gives(200)
    assert "Content-Disposition" in answer.headers
    assert answer.response.content == b""
    await eventually(none_is_under_way)


async def test_beyond_the_limit_it_is_refused(
    anna: Caller, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody has more than half of the places, and they are free again when readers leave."""
    monkeypatch.setattr(Export, "pieces", endless)
    left = await ended("reader_left")
    await given_user(engine, "carl", {"main": "viewer"})
    carl = Caller(anna.http, await Service(anna.http).token_of("carl"))
    async with exporting_to(anna):
        refused = await anna.gets(EXPORT)
        refused.refused(503, "too-many-exports")
        assert int(refused.headers["Retry-After"]) >= 1
        async with exporting_to(carl):
            assert measured("exports") == 2
    await eventually(none_is_under_way)
    assert await ended("reader_left") == left + 2


async def test_what_takes_too_long_is_cut_off(
    anna: Caller, engine: AsyncEngine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Export, "pieces", endless)
    cut = await ended("too_long")
    hasty = create_app(settings.model_copy(update={"export_seconds": 1}))
    async with (
        served(hasty) as address,
        AsyncClient(base_url=address) as http,
        exporting_to(Caller(http, anna.token)) as response,
    ):
        await is_cut_off(response.aiter_raw())
    assert await ended("too_long") == cut + 1
    await eventually(lambda: holds_no_moment(engine))


async def test_a_reader_who_takes_nothing_is_let_go(
    anna: Caller, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Export, "pieces", endless)
    slow = await ended("reader_slow")
    async with exporting_to(anna):
        await eventually(none_is_under_way)
    assert await ended("reader_slow") == slow + 1
    await eventually(lambda: holds_no_moment(engine))


async def holds_no_moment(engine: AsyncEngine) -> bool:
    async with driver(engine) as connection:
        count = await connection.fetchval(
            "select count(*) from pg_stat_activity"
            " where datname = current_database() and application_name = 'catalog-exports'"
            " and xact_start is not null"
        )
    return bool(count == 0)


async def test_a_body_that_is_refused_meanwhile_ends_no_file(
    anna: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Export, "pieces", endless)
    headers = {**bearer(anna.token or ""), "Content-Type": "application/json"}
    async with anna.http.stream("GET", ALL, headers=headers, content=b"\xff") as response:
        await is_cut_off(response.aiter_raw())
    await eventually(none_is_under_way)


async def test_a_failure_in_the_middle_looks_like_no_file(
    anna: Caller, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stock(engine, shelf(20))
    monkeypatch.setattr(exporting, "PAGE", 5)
    failed, killed = await ended("failed"), asyncio.Event()
    whole = Export.pieces

    async def halted(export: Export) -> AsyncGenerator[Piece]:
        async for piece in whole(export):
            yield piece
            if piece.products:
                await killed.wait()

    monkeypatch.setattr(Export, "pieces", halted)
    async with exporting_to(anna) as response:
        pieces = response.aiter_raw()
        assert (await anext(pieces)).count(b"\n") == 5
        async with driver(engine) as connection:
            await connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and application_name = 'catalog-exports'"
            )
        killed.set()
        await is_cut_off(pieces)
    assert await ended("failed") == failed + 1
    assert await none_is_under_way()
