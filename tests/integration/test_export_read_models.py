"""`catalog export --of products|prices`: what is read, or was, as files for other programs."""

import asyncio
import csv
import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow.parquet
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver
from events.product import PriceSet, ProductRenamed
from queries.exports import exporting, parquet
from queries.exports.exporting import Wanted, opened
from queries.lists.filters import Filters
from tests.command import Catalog, catalog_command
from tests.given import LAMP, MAIN, TELEPORTED, Log, projected, registered
from tests.shelf import DAYS, put, shelf, stock

FORMATS = ("ndjson", "csv", "parquet")
SUNDAY = datetime(2026, 1, 4, tzinfo=UTC)
sun, moon = ProductRenamed(name="Sun"), ProductRenamed(name="Moon")
price = PriceSet(currency="EUR", amount=1999)


@pytest.fixture
def catalog(monkeypatch: pytest.MonkeyPatch, database_url: str) -> Catalog:
    monkeypatch.setenv("CATALOG_DATABASE_URL", database_url)
    return catalog_command(monkeypatch)


async def exported(catalog: Catalog, file: Path, *arguments: str) -> list[dict[str, Any]]:
    """What the file says, each value as its format has it."""
    form = file.suffix.removeprefix(".")
    code = await asyncio.to_thread(catalog, "export", str(file), *arguments)
    assert code == 0
    assert [*file.parent.iterdir()] == [file]
    return read_back(file, form)


def read_back(file: Path, form: str) -> list[dict[str, Any]]:
    match form:
        case "ndjson":
            return [json.loads(line) for line in file.read_bytes().splitlines()]
        case "csv":
            with file.open(newline="", encoding="utf-8") as text:
                return [*csv.DictReader(text, strict=True)]
        case _:
            read: list[dict[str, Any]] = pyarrow.parquet.read_table(file).to_pylist()
            return read


async def documents(engine: AsyncEngine, catalog: str = "main") -> list[str]:
    async with driver(engine) as connection:
        rows = await connection.fetch(
            "select document::text from read.product_details where catalog_id = $1"
            " order by product_id",
            catalog,
        )
    return [row["document"] for row in rows]


def texts(directory: Path) -> list[str]:
    return [path.read_text(encoding="utf-8") for path in directory.iterdir()]


def names(found: Sequence[dict[str, Any]]) -> list[tuple[str, int]]:
    return [(each["name"], int(each["version"])) for each in found]


@pytest.mark.parametrize("page", [7, 1_000])
@pytest.mark.parametrize("catalog_id", ["main", "other"])
async def test_products_are_the_documents_that_are_read(
    engine: AsyncEngine,
    catalog: Catalog,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    catalog_id: str,
    page: int,
) -> None:
    monkeypatch.setattr(exporting, "PAGE", page)
    await stock(engine, shelf(60))
    file = tmp_path / "products.ndjson"
    await exported(catalog, file, "--of", "products", "--catalog", catalog_id)
    assert file.read_text(encoding="utf-8").splitlines() == await documents(engine, catalog_id)


async def test_every_format_has_the_same_products_and_prices(
    engine: AsyncEngine, catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "ROW_GROUP_BYTES", 5_000)
    await stock(engine, shelf(60))
    read = [json.loads(each) for each in await documents(engine)]
    priced = [(each["id"], price["decimal"]) for each in read for price in each["prices"]]
    for form in FORMATS:
        directory = tmp_path / form
        directory.mkdir()
        products = await exported(catalog, directory / f"file.{form}", "--of", "products")
        assert [each["id"] for each in products] == [each["id"] for each in read]
        assert names(products) == names(read)
        prices = await exported(catalog, directory / f"file.{form}", "--of", "prices")
        told = [(each["product_id"], f"{float(each['decimal'])}") for each in prices]
        assert told == [(product, f"{float(decimal)}") for product, decimal in priced]


async def test_products_that_are_large_are_read_a_few_at_a_time(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stock(engine, shelf(24))
    monkeypatch.setattr(exporting, "PAGE_BYTES", 1_500)
    wanted = Wanted(catalog=MAIN, filters=Filters(status="any", currency="EUR"))
    async with opened(engine, wanted) as export:
        pieces = [piece async for piece in export.pieces() if piece.products]
    assert sum(piece.products for piece in pieces) == 24
    assert pieces[0].products == exporting.FIRST
    assert all(len(piece.body) < 3_000 for piece in pieces[1:])


async def test_all_pages_are_of_one_moment(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "PAGE", 5)
    await put(Log(engine), shelf(20))
    await projected(engine)
    before = await documents(engine)
    seen: list[str] = []
    wanted = Wanted(catalog=MAIN, filters=Filters(status="any", currency="EUR"))
    async with opened(engine, wanted) as export:
        async for piece in export.pieces():
            lines = piece.body.decode().splitlines()
            assert len(lines) == piece.products <= 5
            seen += lines
            for line in lines:
                await Log(engine).given(UUID(json.loads(line)["id"]), sun)
            await projected(engine)
    assert seen == before


@pytest.mark.parametrize("form", FORMATS)
async def test_products_are_as_of_a_moment_what_they_were(
    engine: AsyncEngine, catalog: Catalog, tmp_path: Path, form: str
) -> None:
    log = Log(engine)
    await log.given(LAMP, registered, price, occurred_at=SUNDAY)
    await log.given(LAMP, sun, occurred_at=SUNDAY + timedelta(days=1))
    await log.given(LAMP, moon, occurred_at=SUNDAY + timedelta(days=2))
    await projected(engine)

    async def then(moment: datetime) -> list[tuple[str, int]]:
        file = tmp_path / f"file.{form}"
        return names(
            await exported(catalog, file, "--of", "products", "--as-of", moment.isoformat())
        )

    assert await then(SUNDAY - timedelta(microseconds=1)) == []
    assert await then(SUNDAY) == [("Lamp", 2)]
    assert await then(SUNDAY + timedelta(hours=23)) == [("Lamp", 2)]
    assert await then(SUNDAY + timedelta(days=1)) == [("Sun", 3)]
    assert await then(SUNDAY + timedelta(days=9)) == [("Moon", 4)]


@pytest.mark.parametrize("day", DAYS[::3])
async def test_as_of_any_day_it_is_what_was_read_then(
    engine: AsyncEngine, catalog: Catalog, tmp_path: Path, day: datetime
) -> None:
    products = shelf(60)
    await put(Log(engine), [each for each in products if each.updated_at <= day])
    await projected(engine)
    then = await documents(engine)
    await put(Log(engine), [each for each in products if each.updated_at > day])
    await projected(engine)
    file = tmp_path / "products.ndjson"
    await exported(catalog, file, "--of", "products", "--as-of", f"{day:%Y-%m-%dT%H:%M:%S.%fZ}")
    assert file.read_text(encoding="utf-8").splitlines() == then


async def test_what_stands_still_is_as_it_was_before(
    engine: AsyncEngine, catalog: Catalog, tmp_path: Path
) -> None:
    log = Log(engine)
    await log.given(LAMP, registered, sun)
    position = await log.given_stored(LAMP, TELEPORTED)
    await log.given(LAMP, moon)
    await projected(engine)
    (parked,) = await exported(catalog, tmp_path / "file.parquet", "--of", "products")
    assert (parked["name"], parked["version"], parked["parked_before"]) == ("Sun", 2, position)


async def test_parquet_goes_to_a_pipe_too(
    engine: AsyncEngine, catalog: Catalog, tmp_path: Path
) -> None:
    await Log(engine).given(LAMP, registered)
    await projected(engine)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    try:
        arguments = ("export", str(pipe), "--of", "products", "--format", "parquet")
        assert await asyncio.to_thread(catalog, *arguments) == 0
        read = pyarrow.parquet.read_table(pyarrow.BufferReader(os.read(reader, 50_000)))
    finally:
        os.close(reader)
    assert read["name"].to_pylist() == ["Lamp"]


@pytest.mark.parametrize("form", FORMATS)
async def test_what_is_not_complete_is_not_there(
    engine: AsyncEngine,
    catalog: Catalog,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    form: str,
) -> None:
    await Log(engine).given(LAMP, registered)
    await projected(engine)
    file = tmp_path / f"file.{form}"
    file.write_text("before", encoding="utf-8")

    def fail(_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("os.fsync", fail)
    assert await asyncio.to_thread(catalog, "export", str(file), "--of", "products") == 1
    assert texts(tmp_path) == ["before"]
    assert "no space left" in capsys.readouterr().err


def test_a_name_and_a_format_may_not_contradict_each_other(
    catalog: Catalog, tmp_path: Path
) -> None:
    asked = ("--of", "products", "--format", "csv")
    assert catalog("export", str(tmp_path / "file.parquet"), *asked) == 2
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("arguments", [["--format", "csv"], ["--as-of", "2024-01-01"]])
def test_of_the_log_there_is_one_form(
    catalog: Catalog, capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: list[str]
) -> None:
    assert catalog("export", str(tmp_path / "log"), *arguments) == 2
    assert "--of products" in capsys.readouterr().err
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("as_of", [[], ["--as-of", "2024-01-01"]])
def test_an_unknown_catalog_is_told_and_leaves_no_file(
    catalog: Catalog, tmp_path: Path, capsys: pytest.CaptureFixture[str], as_of: list[str]
) -> None:
    arguments = ("--of", "products", "--catalog", "nowhere", *as_of)
    assert catalog("export", str(tmp_path / "file"), *arguments) == 1
    assert "no catalog nowhere" in capsys.readouterr().err
    assert [*tmp_path.iterdir()] == []


def test_no_moment_is_told(catalog: Catalog, capsys: pytest.CaptureFixture[str]) -> None:
    assert catalog("export", "--of", "products", "--as-of", "yesterday") == 2
    assert "yesterday" in capsys.readouterr().err
