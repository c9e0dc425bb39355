"""What is exported can be imported: another catalog then exports the same, byte by byte."""

import asyncio
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from commands.feeds.asked import Asked
from commands.feeds.formats.opening import Reading, open_feed
from commands.feeds.importing import import_feed
from commands.feeds.report import Counts
from commands.write_side import WriteSide
from projections.projection import Catalog
from queries.exports.exporting import Format, Wanted, opened
from queries.lists.filters import Filters
from tests.appends import appender
from tests.given import opened as opened_catalog
from tests.given import projected

NASTY = (
    *("", " ", "'", "''", '"', '""', '"quoted"', '\'""', "null", "40", "-5", "1e3", "true"),
    *("[1]", "{}", "=1+1", "'=1", "+49", "@SUM(A1)", "\uff1d1", "\ttab", "a\r\nb", "line\nbreak"),
    *("a,b", "a;b", "a|b", "  padded  ", "\ufeffbom", "\u2028", "\U0001f4a1", "e\u0301"),
)
PRICES = [
    {"currency": "EUR", "amount": 0},
    {"currency": "JOD", "amount": 1_005},
    {"currency": "JPY", "amount": 1_999},
    {"currency": "USD", "amount": 10**15},
]
VALUES: dict[str, Any] = {
    "number": 40,
    "fraction": 0.1,
    "large": 1e15,
    "negative": -1,
    "yes": True,
    "no": False,
    "none-of-them": [],
    "one": ["40"],
    "mixed": ["a", 1, True, 0.5, "true", "=1", ""],
}
ZOO: list[dict[str, Any]] = [
    {"sku": "BARE", "name": "Bare"},
    {"sku": "EMPTY", "name": "Empty", "description": ""},
    {"sku": "QUOTES", "name": '""', "description": '""'},
    {"sku": "DRAFT", "name": "Priced", "prices": PRICES},
    {"sku": "PUBLISHED", "name": "Shown", "prices": PRICES[1:2], "status": "published"},
    {"sku": "ARCHIVED", "name": "Gone", "prices": PRICES[2:], "status": "archived"},
    {"sku": "VALUES", "name": "Values", "attributes": VALUES},
    {"sku": "WIDE", "name": "Wide", "attributes": {f"a{n}": f"{n}" for n in range(200)}},
    {
        "sku": "WHOLE",
        "name": "Whole",
        "description": "Two\nlines, and a comma",
        "brand": 'O\'Neil; "Sons"',
        "category": "home/light",
        "tags": ["a|b", "=1", '"q"', "[x]", "\u00e4"],
        "media": [
            {"url": "https://example.org/a,b?c=%20|d", "alt": '"a"\n'},
            {"url": "https://example.org/e"},
        ],
    },
    *(
        {
            "sku": f"NASTY-{number}",
            "name": text or "nothing",
            "description": text,
            "brand": text or None,
            "tags": [text or "nothing"],
            "attributes": {"text": text, "texts": [text]},
        }
        for number, text in enumerate(NASTY)
    ),
]
OWN = re.compile(r'"(id|version|created_at|updated_at)":("[^"]*"|\d+),?')


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "feed"


async def imported(engine: AsyncEngine, catalog: str, file: Path, content: bytes) -> Counts:
    await asyncio.to_thread(file.write_bytes, content)
    run = uuid4()
    asked = Asked(run_id=run, identity=run.bytes, actor="ann", correlation_id=str(run))
    with open_feed(file, Reading()) as feed:
        report = await import_feed(WriteSide(appender(engine, catalog=catalog)), feed, asked)
    await projected(engine, catalog)
    return report.counts


async def exported(engine: AsyncEngine, catalog: str, form: Format) -> bytes:
    wanted = Wanted(
        catalog=Catalog(catalog, "simple"),
        filters=Filters(status="any", currency="EUR"),
        form=form,
    )
    async with opened(engine, wanted) as export:
        return b"".join([piece.body async for piece in export.pieces()])


@pytest.mark.parametrize("form", ["ndjson", "csv"])
async def test_it_comes_out_as_it_went_in(engine: AsyncEngine, file: Path, form: Format) -> None:
    await imported(engine, "main", file, b"\n".join(map(msgspec.json.encode, ZOO)))
    first = await exported(engine, "main", form)

    await opened_catalog(engine, "copy")
    counts = await imported(engine, "copy", file, first)
    assert (counts.rows, counts.created, counts.failed) == (len(ZOO), len(ZOO), 0)
    both = [await exported(engine, catalog, "ndjson") for catalog in ("main", "copy")]
    of_main, of_copy = (OWN.sub("", each.decode()).splitlines() for each in both)
    assert of_copy == of_main

    again = await imported(engine, "copy", file, await exported(engine, "copy", form))
    assert again.unchanged == len(ZOO)


async def test_it_says_what_the_feed_said(engine: AsyncEngine, file: Path) -> None:
    await imported(engine, "main", file, b"\n".join(map(msgspec.json.encode, ZOO)))
    lines = (await exported(engine, "main", "ndjson")).splitlines()
    for told, line in zip(ZOO, lines, strict=True):
        document = msgspec.json.decode(line)
        assert {name: document[name] for name in told} == expected(told)


def expected(told: dict[str, Any]) -> dict[str, Any]:
    decimals = {"EUR": "0.00", "JOD": "1.005", "JPY": "1999", "USD": "10000000000000.00"}
    prices = [each | {"decimal": decimals[each["currency"]]} for each in told.get("prices", [])]
    media = [{"url": each["url"], "alt": each.get("alt")} for each in told.get("media", [])]
    return told | {name: value for name, value in (("prices", prices), ("media", media)) if value}
