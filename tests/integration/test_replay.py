"""`catalog replay`: a log again, event by event, state by state, or as a read table."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from rich.text import Text
from sqlalchemy import JSON
from sqlalchemy.ext.asyncio import AsyncEngine

from cli import logged as by_event
from cli import printer, written
from commands.appending import Circumstances, to_append
from events import walk
from events.database import driver
from events.product import (
    AttributesChanged,
    PriceSet,
    ProductEvent,
    ProductRegistered,
    ProductRenamed,
)
from projections.projection import ReadModel
from projections.read_models import READ_MODELS
from tests.appends import appended
from tests.command import Catalog, catalog_command
from tests.given import DESK, LAMP, TELEPORTED, Log, opened, projected, registered
from tests.parking import discarded
from tests.shelf import put, shelf

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)
WEDNESDAY = MONDAY + timedelta(days=2)
sun, moon = ProductRenamed(name="Sun"), ProductRenamed(name="Moon")
desk = ProductRegistered(sku="DESK-1", name="Desk", attributes={})
price = PriceSet(currency="EUR", amount=1999)
TOLD = [
    "2026-01-05 00:00:00Z  #1  LAMP-1 v1  ProductRegistered  by tests",
    "    sku: LAMP-1",
    "    name: Lamp",
    "    status: draft",
    "2026-01-05 00:00:00Z  #2  LAMP-1 v2  PriceSet  by tests",
    "    prices.EUR: 19.99 EUR",
    "2026-01-07 00:00:00Z  #3  LAMP-1 v3  ProductRenamed  by tests",
    "    name: Lamp → Sun",
    "2026-01-06 00:00:00Z  #4  DESK-1 v1  ProductRegistered  by tests",
    "    sku: DESK-1",
    "    name: Desk",
    "    status: draft",
    "2026-01-06 00:00:00Z  #5  DESK-1 v2  ProductRenamed  by tests",
    "    name: Desk → Moon",
]


@dataclass(frozen=True, slots=True)
class Replay:
    catalog: Catalog
    captured: pytest.CaptureFixture[str]

    async def __call__(self, *arguments: str, code: int = 0) -> list[str]:
        """The lines that were printed."""
        return (await self.told(*arguments, code=code))[0].splitlines()

    async def warnings(self, *arguments: str) -> list[str]:
        return (await self.told(*arguments))[1].splitlines()

    async def told(self, *arguments: str, code: int = 0) -> tuple[str, str]:
        self.captured.readouterr()
        assert await asyncio.to_thread(self.catalog, "replay", *arguments) == code
        return self.captured.readouterr()

    async def documents(self, *arguments: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in await self(*arguments)]

    async def positions(self, *arguments: str) -> list[int]:
        return [each["position"] for each in await self.documents("--json", *arguments)]


@pytest.fixture
def replay(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], database_url: str
) -> Replay:
    monkeypatch.setenv("CATALOG_DATABASE_URL", database_url)
    return Replay(catalog_command(monkeypatch), capsys)


@pytest.fixture
async def log(engine: AsyncEngine) -> Log:
    """A lamp, and a desk that became known after what had occurred later."""
    await _decided(engine, LAMP, 0, MONDAY, registered, price)
    await _decided(engine, LAMP, 2, WEDNESDAY, sun)
    await _decided(engine, DESK, 0, TUESDAY, desk, moon)
    return Log(engine)


async def _decided(
    engine: AsyncEngine, product: UUID, version: int, moment: datetime, *events: ProductEvent
) -> None:
    """With the claims of their SKUs."""
    circumstances = Circumstances(actor="tests", correlation_id="given", occurred_at=moment)
    await appended(engine, to_append(product, events, version, circumstances))


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize("at_once", [1, 2, 1_000])
async def test_each_event_is_told_with_what_it_changed(
    replay: Replay, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(by_event, "AT_ONCE", at_once)
    assert await replay() == TOLD


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize(
    ("arguments", "positions"),
    [
        ([], [1, 2, 3, 4, 5]),
        (["LAMP-1"], [1, 2, 3]),
        ([str(DESK)], [4, 5]),
        (["--until", "3"], [1, 2, 3]),
        (["--until", "0"], []),
        (["--until", "99"], [1, 2, 3, 4, 5]),
        (["--until", "2026-01-06"], [1, 2]),
        (["--until", "2026-01-06T00:00:00.000001Z"], [1, 2, 4, 5]),
        (["--until", "2200-01-01"], [1, 2, 3, 4, 5]),
        (["--until", "0001-01-01"], []),
        (["--as-of", "2026-01-06"], [1, 2, 4, 5]),
        (["--as-of", "2026-01-05T23:59:59Z"], [1, 2]),
        (["--since", "2"], [2, 3, 4, 5]),
        (["--since", "2", "--until", "4"], [2, 3, 4]),
        (["--since", "2026-01-06"], [3, 4, 5]),
        (["--since", "2026-01-06", "--as-of", "2026-01-06"], [4, 5]),
        (["--since", "2026-01-06", "--until", "2026-01-06"], []),
        (["--since", "20260106"], []),
        (["--type", "PriceSet", "--type", "ProductRenamed"], [2, 3, 5]),
        (["DESK-1", "--type", "ProductRenamed"], [5]),
        (["--actor", "tests"], [1, 2, 3, 4, 5]),
        (["--actor", "nobody"], []),
    ],
)
async def test_a_part_is_replayed_from_one_place_to_another(
    replay: Replay, arguments: list[str], positions: list[int]
) -> None:
    assert await replay.positions(*arguments) == positions


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize(
    "arguments",
    [
        ["--since", "20260106"],
        ["LAMP-1", "--as", "states", "--until", "2026-01-05"],
        ["--into", "product_details", "--until", "0"],
    ],
)
async def test_where_nothing_is_in_the_range_that_is_told_and_else_nothing(
    replay: Replay, arguments: list[str]
) -> None:
    assert await replay.warnings(*arguments) == [printer.NOTHING]
    assert await replay.warnings() == []


@pytest.mark.usefixtures("log")
async def test_a_type_that_nobody_knows_is_told(replay: Replay) -> None:
    told, warned = await replay.told("--type", "PriceSet", "--type", "PriceSett")
    assert told.splitlines() == TOLD[4:6]
    assert warned.startswith("catalog: PriceSett is no event that this release writes: Product")


@pytest.mark.usefixtures("log")
async def test_as_json_an_event_is_told_as_the_api_does(replay: Replay) -> None:
    told = await replay.documents("--json", "--since", "5")
    assert [
        {**each, "digest": None, "recorded_at": None, "product_id": UUID(each["product_id"])}
        for each in told
    ] == [
        {
            "position": 5,
            "version": 2,
            "type": "ProductRenamed",
            "data": {"name": "Moon"},
            "changes": [{"field": "name", "before": "Desk", "after": "Moon"}],
            "changes_unknown": None,
            "discarded": False,
            "actor": "tests",
            "correlation_id": "given",
            "causation_id": None,
            "occurred_at": "2026-01-06T00:00:00Z",
            "recorded_at": None,
            "digest": None,
            "product_id": DESK,
            "sku": "DESK-1",
        }
    ]


async def test_what_is_appended_meanwhile_is_not_replayed(
    log: Log, replay: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = asyncio.get_running_loop()
    printed = printer.Printer.lines

    def append_and_print(self: printer.Printer, lines: Iterable[Text]) -> None:
        asyncio.run_coroutine_threadsafe(log.given(DESK, sun), loop).result()
        printed(self, lines)

    monkeypatch.setattr(by_event, "AT_ONCE", 1)
    monkeypatch.setattr(printer.Printer, "lines", append_and_print)
    assert await replay() == TOLD


@pytest.mark.usefixtures("log")
async def test_states_are_a_line_a_version(replay: Replay) -> None:
    header, *lines = await replay("LAMP-1", "--as", "states")
    assert header.split() == [
        *("Version", "Since", "Status", "Name", "Category", "Brand", "Prices", "Changed"),
    ]
    assert [line.split() for line in lines] == [
        ["1", "2026-01-05", "00:00:00Z", "draft", "Lamp", "sku,", "name,", "status"],
        ["2", "2026-01-05", "00:00:00Z", "draft", "Lamp", "19.99", "EUR", "prices.EUR"],
        ["3", "2026-01-07", "00:00:00Z", "draft", "Sun", "19.99", "EUR", "name"],
    ]


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize(
    ("arguments", "versions"),
    [
        ([], [1, 2, 3]),
        (["--until", "2"], [1, 2]),
        (["--as-of", "2026-01-07"], [1, 2, 3]),
        (["--until", "2026-01-07"], [1, 2]),
        (["--since", "2026-01-06"], [3]),
        (["--since", "2", "--type", "PriceSet"], [2]),
    ],
)
async def test_states_as_json_are_the_read_documents(
    replay: Replay, engine: AsyncEngine, arguments: list[str], versions: list[int]
) -> None:
    lines = await replay("LAMP-1", "--as", "states", "--json", *arguments)
    assert [json.loads(line)["version"] for line in lines] == versions
    await projected(engine)
    (lamp, _) = await _table(engine, READ_MODELS[0])
    assert [line for line in lines if json.loads(line)["version"] == 3] in ([], [lamp["document"]])


async def _table(engine: AsyncEngine, model: ReadModel) -> list[dict[str, Any]]:
    names = ", ".join(column.name for column in model.columns)
    async with driver(engine) as connection:
        rows = await connection.fetch(
            f"select {names} from read.{model.table.name} t where catalog_id = 'main'"
            " order by product_id, to_jsonb(t) ->> 'currency'"
        )
    return [dict(row) for row in rows]


@pytest.mark.parametrize("model", READ_MODELS, ids=lambda model: model.table.name)
async def test_into_a_table_prints_what_it_holds(
    engine: AsyncEngine, replay: Replay, monkeypatch: pytest.MonkeyPatch, model: ReadModel
) -> None:
    monkeypatch.setattr(walk, "PAGE", 7)
    await put(Log(engine), shelf(40))
    await put(await opened(engine, "other"), shelf(5))
    await projected(engine)
    told = await replay.documents("--into", model.table.name)
    assert told == [
        msgspec.json.decode(msgspec.json.encode(_plain(model, row)))
        for row in await _table(engine, model)
    ]


def _plain(model: ReadModel, row: dict[str, Any]) -> dict[str, Any]:
    """JSON within columns as JSON."""
    json_columns = {each.name for each in model.columns if isinstance(each.type, JSON)}
    return {
        name: json.loads(value) if name in json_columns else value for name, value in row.items()
    }


@pytest.mark.usefixtures("log")
async def test_into_a_table_it_is_one_on_a_terminal(
    replay: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "300")
    header, row = await replay("--into", "product_prices")
    assert header.count("\x1b[1;4m") == 7
    assert row.split() == ["main", str(LAMP), "EUR", "1999", "draft", "(none)", "(none)"]


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["--until", "0"], []),
        (["--until", "2"], ["Lamp"]),
        (["--until", "3"], ["Sun"]),
        (["--until", "4"], ["Sun", "Desk"]),
        (["--until", "2026-01-06"], ["Lamp"]),
        (["--as-of", "2026-01-06"], ["Lamp", "Moon"]),
        (["--until", "99"], ["Sun", "Moon"]),
        (["DESK-1"], ["Moon"]),
        (["DESK-1", "--as-of", "2026-01-05"], []),
    ],
)
async def test_into_a_table_it_ends_where_it_is_told_to(
    replay: Replay, arguments: list[str], names: list[str]
) -> None:
    rows = await replay.documents("--into", "product_details", *arguments)
    assert [row["document"]["name"] for row in rows] == names


async def test_what_was_discarded_changes_nothing_and_what_can_not_be_read_says_so(
    log: Log, engine: AsyncEngine, replay: Replay
) -> None:
    await discarded(engine, LAMP, 3)
    unreadable = await log.given_stored(DESK, TELEPORTED)
    told = await replay("--since", "3", "--type", "ProductRenamed", "--type", TELEPORTED.type)
    assert told[0] == "2026-01-07 00:00:00Z  #3  LAMP-1 v3  ProductRenamed (discarded)  by tests"
    assert told[1].endswith("#5  DESK-1 v2  ProductRenamed  by tests")
    assert told[-1].startswith("    version 3 can't be read: ")
    states = await replay.documents("LAMP-1", "--as", "states", "--json")
    assert [(each["version"], each["name"]) for each in states] == [
        (1, "Lamp"),
        (2, "Lamp"),
        (3, "Lamp"),
    ]
    rows = await replay.documents("--into", "product_details")
    assert [(row["version"], row["parked_before"]) for row in rows] == [(3, None), (2, unreadable)]


async def test_states_end_before_an_event_that_can_not_be_read(log: Log, replay: Replay) -> None:
    await log.given_stored(LAMP, TELEPORTED)
    lines = await replay("LAMP-1", "--as", "states", "--json", code=1)
    assert [json.loads(line)["version"] for line in lines] == [1, 2, 3]


async def test_nothing_of_a_name_commands_the_terminal(engine: AsyncEngine, replay: Replay) -> None:
    evil = ProductRenamed(name="\x1b[2J\u202egnp")
    assigned = AttributesChanged(assigned={"color": "\x07"})
    await Log(engine).given(LAMP, registered, evil, assigned)
    for arguments in ([], [str(LAMP), "--as", "states"]):
        lines = await replay(*arguments)
        assert all(line.isprintable() for line in lines)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--as", "states"],
        ["--into", "product_details", "--type", "PriceSet"],
        ["--into", "product_details", "--since", "1"],
        ["--into", "product_details", "--speed", "1/s"],
        ["LAMP-1", "--into", "product_details", "--as", "states"],
        ["--into", "products"],
        ["--as", "rows"],
        ["--until", "tomorrow"],
        ["--as-of", "3"],
        ["--until", "3", "--as-of", "2026-01-05"],
        ["--speed", "fast"],
    ],
)
async def test_what_does_not_go_together_is_refused(replay: Replay, arguments: list[str]) -> None:
    assert await replay(*arguments, code=2) == []


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize("arguments", [["LAMP-2"], [str(UUID(int=99))], ["--catalog", "nowhere"]])
async def test_what_is_not_there_is_told(replay: Replay, arguments: list[str]) -> None:
    assert await replay(*arguments, code=1) == []


@pytest.mark.usefixtures("log")
async def test_where_nobody_reads_any_more_it_ends_without_a_word(database_url: str) -> None:
    process = await _started(database_url)
    assert process.stdout
    process.stdout.close()
    assert process.stderr
    assert await asyncio.to_thread(process.stderr.read) == b""
    process.stderr.close()
    assert process.wait() == written.NOBODY_READS


@pytest.mark.usefixtures("log")
async def test_it_ends_when_it_is_interrupted(database_url: str) -> None:
    process = await _started(database_url, "--speed", "1x")
    assert process.stdout
    due = [await asyncio.to_thread(process.stdout.readline) for _ in TOLD[:6]]
    process.send_signal(signal.SIGINT)
    rest, complaints = await asyncio.to_thread(process.communicate)
    assert [line.decode().rstrip() for line in due] == TOLD[:6]
    assert (rest, process.returncode) == (b"", 130)
    assert b"Traceback" not in complaints


async def _started(database_url: str, *arguments: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "CATALOG_DATABASE_URL": database_url}
    command = [sys.executable, "-m", "cli", "replay", *arguments]
    return await asyncio.to_thread(
        subprocess.Popen,
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
