"""The rows that were refused come back with what was wrong, to be corrected and imported again."""

import codecs
import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given

from commands.faults import Fault
from commands.feeds.aligning import to_align
from commands.feeds.batches import TEXT_KEPT
from commands.feeds.refused.pages import report
from commands.feeds.refused.rows import RunOfFeed
from commands.feeds.report import Failure
from commands.feeds.rows import Form
from tests.feeding import products, rows, told, unfit
from tests.unit.test_feed_properties import as_csv, documents, varying

FAULTS: list[Fault] = [
    {"pointer": "/name", "message": "Field required"},
    {"pointer": "", "message": "and so on"},
]
TOLD = "/name Field required; and so on"


def as_ndjson(text: str, form: Form = "ndjson", columns: list[str] | None = None) -> bytes:
    failure = Failure(7, None, FAULTS, text)
    return b"".join(report(RunOfFeed(form, columns or []), [failure], "ndjson"))


def as_table(text: str, form: Form = "ndjson", columns: list[str] | None = None) -> bytes:
    failure = Failure(7, None, FAULTS, text)
    return b"".join(report(RunOfFeed(form, columns or []), [failure], "csv"))


def table(content: bytes) -> list[list[str]]:
    return [*csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)]


@pytest.mark.parametrize(
    "text",
    ['{"sku": "A", "price": 1.10}', '{"_line": 2, "sku": "A", "_errors": [], "price": 1.10}'],
)
def test_a_row_of_json_has_its_own_members(text: str) -> None:
    errors = json.dumps(FAULTS, separators=(",", ":"))
    line = f'{{"_line":7,"_errors":{errors},"sku":"A","price":1.10}}\n'
    assert as_ndjson(text).decode() == line


@pytest.mark.parametrize("text", ["{no json", "7", "[1]", '{"sku": "A', "[" * 10_000])
def test_a_row_that_is_no_object_is_a_text(text: str) -> None:
    assert json.loads(as_ndjson(text)) == {"_line": 7, "_errors": FAULTS, "_text": text}


def test_a_row_of_json_that_had_several_lines_has_one() -> None:
    line = as_ndjson('{"attributes": {\n"a b": " \\n",\n"b": [1,\n2]}}', "json")
    assert line.count(b"\n") == 1
    assert json.loads(line)["attributes"] == {"a b": " \n", "b": [1, 2]}


def test_a_row_of_csv_is_an_object_of_its_cells() -> None:
    columns = ["_errors", "SKU", "Name"]
    assert json.loads(as_ndjson('old,A,"Lamp, big"', "csv", columns)) == {
        "_line": 7,
        "_errors": FAULTS,
        "SKU": "A",
        "Name": "Lamp, big",
    }
    for text in ("A", "A,Lamp,1,2", '"A" x'):
        assert json.loads(as_ndjson(text, "csv", columns))["_text"] == text


def test_a_row_of_csv_has_the_columns_of_its_feed() -> None:
    content = as_table('3,old,A,"=1+1",-5,\'=2', "csv", ["_line", "_errors", "SKU", "t", "n", "u"])
    assert table(content) == [
        ["_line", "_errors", "SKU", "t", "n", "u"],
        ["7", TOLD, "A", "'=1+1", "-5", "'=2"],
    ]
    assert content.count(b"\r\n") == 2


@pytest.mark.parametrize(
    ("text", "cells"),
    [("A", ["A"]), ("A,B,=C", ["A", "B", "'=C"]), ('A,"b" x', ["A", "b x"]), ("A\rB", ["A\rB"])],
)
def test_a_row_that_does_not_fit_its_header_comes_as_it_was(text: str, cells: list[str]) -> None:
    assert table(as_table(text, "csv", ["sku", "name"])) == [
        ["_line", "_errors", "sku", "name"],
        ["7", TOLD, *cells],
    ]


def test_a_table_begins_with_a_byte_order_mark() -> None:
    assert as_table("A,Lämp", "csv", ["sku", "name"]).startswith(codecs.BOM_UTF8 + b"_line,")


@pytest.mark.parametrize("text", [("A,Lamp," + "x" * TEXT_KEPT)[:TEXT_KEPT], ""])
def test_a_row_that_was_cut_is_no_row(text: str) -> None:
    columns = ["sku", "name", "description"]
    assert json.loads(as_ndjson(text, "csv", columns))["_text"] == text
    assert unfit(as_ndjson(text, "csv", columns))[0]
    assert table(as_table(text, "csv", columns))[1] == ["7", TOLD, text]
    assert unfit(as_table(text, "csv", columns))[0]


def test_a_row_of_json_in_csv_leaves_out_what_it_left_out() -> None:
    content = as_table('{"sku": "A", "name": "=Lamp", "brand": null, "tags": ["x"]}')
    [product] = products(content)
    assert told(product) == {"sku": "A", "name": "=Lamp", "brand": None, "tags": ["x"]}
    [header, cells] = table(content)
    assert dict(zip(header, cells, strict=True)) == {
        "_line": "7",
        "_errors": TOLD,
        "sku": "A",
        "name": "'=Lamp",
        "description": "'",
        "brand": "",
        "category": "'",
        "tags": '["x"]',
        "status": "'",
        "media": "'",
        "prices": "'",
        "attributes": "'",
        "_text": "",
    }


@pytest.mark.parametrize("text", ["{no json", '{"colour": "red"}', "=1"])
def test_what_no_column_tells_is_told_as_text(text: str) -> None:
    [row] = table(as_table(text))[1:]
    assert row[-1].removeprefix("'") == text
    assert row[-1][0] != "="


@given(documents)
def test_what_was_refused_is_imported_again(document: dict[str, Any]) -> None:
    text = json.dumps(document)
    [wanted] = products(text.encode())
    for again in (as_ndjson(text), as_table(text)):
        [product] = products(again)
        assert repr(to_align(product)) == repr(to_align(wanted))


@given(documents)
def test_what_was_refused_of_csv_is_imported_again(document: dict[str, Any]) -> None:
    feed = as_csv(document, varying(document))
    [wanted], [row] = products(feed), rows(feed)
    content = as_table(row.raw.decode(), "csv", table(feed)[0])
    [product] = products(content)
    assert repr(to_align(product)) == repr(to_align(wanted))
