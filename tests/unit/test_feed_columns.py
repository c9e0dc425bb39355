"""CSV: which columns say what, and what their cells mean."""

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.feeds.formats.amounts import minor_units
from tests.feeding import opened, products, rows, told, unfit, unreadable

FULL = (
    "SKU;Product Name;Long-Description;Manufacturer;category;Keywords;Price (EUR);"
    "price.jpy;attr.Watts;attr.parts;attr.note;Images;Status;_seen\r\n"
    'LAMP-1;Lamp;"one\r\n""two""";Sun;home/lamp; new | blue |;19,99;1200;9;'
    '"[""foot"",1]";"""9""";https://example.org/1|https://example.org/2; Published ;x\r\n'
)


def row(header: str, cells: str, **how: Any) -> dict[str, Any]:  # noqa: ANN401 -- as `opened` has it
    [product] = products(f"sku,name,{header}\nA,Lamp,{cells}\n".encode(), **how)
    return {name: value for name, value in told(product).items() if name not in {"sku", "name"}}


def faults(header: str, cells: str) -> list[tuple[str, str]]:
    [found] = unfit(f"sku,name,{header}\nA,Lamp,{cells}\n".encode())
    return [(fault["pointer"], fault["message"]) for fault in found]


def test_columns_are_known_by_their_names() -> None:
    [product] = products(FULL.encode())
    assert told(product) == {
        "sku": "LAMP-1",
        "name": "Lamp",
        "description": 'one\r\n"two"',
        "brand": "Sun",
        "category": "home/lamp",
        "tags": ["new", "blue"],
        "attributes": {"Watts": 9, "parts": ["foot", 1], "note": "9"},
        "prices": [{"currency": "EUR", "amount": 1999}, {"currency": "JPY", "amount": 1200}],
        "media": [{"url": "https://example.org/1"}, {"url": "https://example.org/2"}],
        "status": "published",
    }


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("named", [True, False])
def test_the_separator_is_the_one_that_makes_sense_of_the_header(
    separator: str,
    named: bool,  # noqa: FBT001 -- a parameter of pytest's
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator)
    writer.writerows([["name", "sku", "price"], ["Lamp, big; or|so\tit", "A", "1.50"]])
    first = f"sep={separator}\r\n" if named else ""
    content = (first + text.getvalue()).encode()
    [product] = products(content)
    assert (product.sku, product.name) == ("A", "Lamp, big; or|so\tit")
    assert [row.line for row in rows(content)] == [3 if named else 2]


def test_columns_are_mapped() -> None:
    mapping = {"Bezeichnung": "name", "art-nr": "sku", "Farbe": "attr.color", "Lager": ""}
    text = "Art Nr,Bezeichnung,Farbe,Lager,VK,id\nA,Lampe,rot,7,5,1\n"
    [product] = products(text.encode(), mapping=mapping | {"vk": "price.EUR"})
    assert told(product) == {
        "sku": "A",
        "name": "Lampe",
        "attributes": {"color": "rot"},
        "prices": [{"currency": "EUR", "amount": 500}],
    }


@pytest.mark.parametrize(
    ("header", "mapping", "reason"),
    [
        ("sku,name,Farbe", {}, "what the column 'Farbe' means"),
        ("sku,name,attr.", {}, "what the column 'attr.' means"),
        ("sku,name,price.XXX", {}, "what the column 'price.XXX' means"),
        ("LAMP-1,Lamp,9", {}, "the column 'LAMP-1', 'Lamp', '9'"),
        ("name,brand", {}, "no column says the sku"),
        ("sku,brand", {}, "no column says the name"),
        ("sku,name,SKU", {}, "two columns say sku: 'sku', 'SKU'"),
        ("sku,name,title", {}, "two columns say name: 'name', 'title'"),
        ("sku,name,price.EUR,Price EUR", {}, "two columns say price.EUR"),
        ("sku,name,prices,price.EUR", {}, "prices are told by 'prices' and by others"),
        ("sku,name,attributes,attr.a", {}, "attributes are told by"),
        ("sku,name", {"farbe": "brand"}, "no column 'farbe'"),
        ("sku,name,a", {"a": "colour"}, "'a' is mapped to 'colour', and the fields are"),
        ("sku,name,a", {"a": "name"}, "two columns say name"),
        ('sku,name,"a', {}, "its header is no CSV"),
        ("sku,name\rA,Lamp", {}, "its header is no CSV"),
        ("sku,name,_\0", {}, "NUL"),
        ("sep=;", {}, "it is empty"),
    ],
)
def test_a_header_that_leaves_something_open_is_refused(
    header: str, mapping: dict[str, str], reason: str
) -> None:
    before, why = unreadable(header.encode(), mapping=mapping, form="csv")
    assert before == 0
    assert reason in why
    assert len(why) < 2_000


def test_what_exports_and_reports_add_is_passed_over() -> None:
    assert row("id,version,created_at,Updated_At,parked_before,_line,,", "1,2,3,4,5,6,,") == {}


@pytest.mark.parametrize(
    ("header", "cells", "meant"),
    [
        ("brand,category", ",", {"brand": None, "category": None}),
        ("description", "", {"description": None}),
        ("description", '""""""', {"description": ""}),
        ("brand,tags,media,prices,attributes", "',',',','", {}),
        ("prices,attributes", ",", {}),
        ("tags,media", ",", {"tags": [], "media": []}),
        ("status", "", {}),
        ("tags", '"[""a|b""]"', {"tags": ["a|b"]}),
        ("media", '"[{""url"":""https://a.b/""}]"', {"media": [{"url": "https://a.b/"}]}),
        (
            "prices",
            '"[{""currency"":""EUR"",""amount"":5}]"',
            {"prices": [{"currency": "EUR", "amount": 5}]},
        ),
        ("attributes", '"{""a"":true}"', {"attributes": {"a": True}}),
        ("attr.a,attr.b", ",", {"attributes": {}, "emptied_attributes": ["a", "b"]}),
        ("attr.a,attr.b,attr.c", "',,x", {"attributes": {"c": "x"}, "emptied_attributes": ["b"]}),
        ("attr.a,price.EUR,price,currency", "',',','", {}),
        ("attr.a,attr.b,attr.c", "-5,1.5,true", {"attributes": {"a": -5, "b": 1.5, "c": True}}),
        (
            "attr.a,attr.b,attr.c",
            "null,{},007",
            {"attributes": {"a": "null", "b": "{}", "c": "007"}},
        ),
        ("attr.a,attr.b", "'-5,'=1", {"attributes": {"a": "-5", "b": "=1"}}),
        ("attr.a", "'t", {"attributes": {"a": "'t"}}),
        ("brand", "'=SUM(A1)", {"brand": "=SUM(A1)"}),
        ("price", "", {"prices": [], "emptied_prices": ["USD"]}),
        ("price,currency", ",eur", {"prices": [], "emptied_prices": ["EUR"]}),
        ("price.USD,price", ",", {"prices": [], "emptied_prices": ["USD"]}),
        ("price.USD,price", ",5", {"prices": [{"currency": "USD", "amount": 500}]}),
        ("price", "5", {"prices": [{"currency": "USD", "amount": 500}]}),
        ("price,currency", "5,", {"prices": [{"currency": "USD", "amount": 500}]}),
        ("price,currency", "5, jpy", {"prices": [{"currency": "JPY", "amount": 5}]}),
        (
            "price.EUR,price",
            ",1",
            {"prices": [{"currency": "USD", "amount": 100}], "emptied_prices": ["EUR"]},
        ),
    ],
)
def test_what_a_cell_means(header: str, cells: str, meant: dict[str, Any]) -> None:
    assert row(header, cells) == meant


def test_prices_are_in_the_catalog_s_currency_where_none_is_named() -> None:
    assert row("price", "5", currency="JOD") == {"prices": [{"currency": "JOD", "amount": 5000}]}


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("19.99", "USD", 1999),
        ("19.9900", "USD", 1999),
        ("1299.500", "USD", 129950),
        ("1299,500", "EUR", 129950),
        ("0.500", "USD", 50),
        (" 0.07 ", "USD", 7),
        ("1.1", "USD", 110),
        ("19,99", "EUR", 1999),
        ("19,9", "EUR", 1990),
        ("0,999", "JOD", 999),
        ("12,9900", "EUR", 1299),
        ("1,299.50", "USD", 129950),
        ("1.299,50", "EUR", 129950),
        ("1,234,567", "JPY", 1234567),
        ("1.234.567", "JPY", 1234567),
        ("1200", "JPY", 1200),
        ("1.000.000", "USD", 100_000_000),
        ("1.234", "JOD", 1234),
        ("1.000", "JOD", 1000),
        ("1" + 15 * "0" + "." + 15 * "0", "USD", 10**17),
        ("90071992547409.91", "USD", 2**53 - 1),
    ],
)
def test_a_price_is_taken_exactly(text: str, currency: str, amount: int) -> None:
    assert minor_units(text, currency) == amount


@pytest.mark.parametrize(
    ("text", "currency", "reason"),
    [
        ("0.999", "USD", "USD has 2 decimal digits"),
        ("19.9999", "USD", "USD has 2 decimal digits"),
        ("19.99" + 26 * "0" + "1", "USD", "USD has 2 decimal digits"),
        ("19.99" + 30 * "0" + "1", "USD", "longer than 32"),
        ("9" * 5_000, "USD", "longer than 32"),
        ("1.5", "JPY", "JPY has 0 decimal digits"),
        ("1,299", "EUR", "either 1299 or 1.299"),
        ("1,299", "JOD", "either 1299 or 1.299"),
        ("1.290", "EUR", "either 1290 or 1.290"),
        ("1.000", "JPY", "either 1000 or 1.000"),
        ("12.500", "USD", "either 12500 or 12.500"),
        ("-5", "EUR", "no price"),
        ("$5", "USD", "no price"),
        ("5 EUR", "EUR", "no price"),
        ("1e3", "EUR", "no price"),
        ("١٢", "EUR", "no price"),
        ("NaN", "EUR", "no price"),
        ("5.", "EUR", "no price"),
        ("12,34.5", "EUR", "no price"),
        ("5", "XXX", "not an ISO 4217 currency"),
    ],
)
def test_a_price_that_may_be_another_is_refused(text: str, currency: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        minor_units(text, currency)


@pytest.mark.parametrize(
    ("header", "cells", "found"),
    [
        ("Price USD", "0.999", [("/Price USD", "USD has 2 decimal digits")]),
        (
            "price,Currency",
            "5,XXX",
            [("/Currency", "That is not an ISO 4217 currency with minor units.")],
        ),
        ("tags", "[1", [("/tags", "no JSON: Input data was truncated")]),
        ("tags", "[" * 5_000, [("/tags", "it is nested too deeply")]),
        ("price.EUR", "9" * 100, [("/price.EUR", "no price: it is longer than 32 characters")]),
    ],
)
def test_what_is_wrong_is_told_by_its_column(
    header: str, cells: str, found: list[tuple[str, str]]
) -> None:
    assert faults(header, cells) == found


@pytest.mark.parametrize(
    ("header", "cells", "pointers"),
    [
        ("Status,Vendor", f"gone,{'x' * 201}", ["/Vendor", "/Status"]),
        ("price.EUR,Price USD", f"1,{2**53}", ["/Price USD"]),
        ("price.EUR,price,currency", "1,1,EUR", [""]),
        ("attr.Size", '"[[1]]"', ["/attr.Size"]),
        ("Images", "ftp://a.b", ["/Images/0/url"]),
        ("price,tags,status", "x,[,gone", ["/tags", "/price", "/status"]),
        ("prices", '"[{""currency"":""EUR"",""amount"":-1}]"', ["/prices/0/amount"]),
        ("attributes", "7", ["/attributes"]),
        ("category", "'", []),
        ("brand", "\0", ["/brand"]),
    ],
)
def test_everything_that_is_wrong_is_told(header: str, cells: str, pointers: list[str]) -> None:
    assert [pointer for pointer, _ in faults(header, cells)] == pointers


def test_a_name_or_sku_that_is_missing_is_told_by_its_column() -> None:
    [found] = unfit(b"SKU,Title\n , \n\n-,\n")
    assert [fault["pointer"] for fault in found] == ["/SKU", "/Title"]


def test_a_row_that_is_none_fails_alone() -> None:
    feed = b'name,sku\nLamp,A\nLamp\nLamp,B,more\n"Lamp" x,C\nLamp,D\rLamp,E\nLamp,F\n"Lamp,G\n'
    with opened(feed) as read:
        assert [(row.line, row.sku) for row in read] == [
            (2, "A"),
            (3, None),
            (4, None),
            (5, None),
            (6, None),
            (7, "F"),
            (8, None),
        ]
    messages = [found[0]["message"] if found else "" for found in unfit(feed)]
    assert messages[1:3] == [
        "the row has 1 cells, the header 2",
        "the row has 3 cells, the header 2",
    ]
    assert all(message.startswith("no CSV: ") for message in [*messages[3:5], messages[6]])
    assert messages[0] == messages[5] == ""


def test_a_row_that_is_none_by_its_separator_is_none_by_commas() -> None:
    feed = b'sku;name,brand;brand\nA-1,foo;"x"y,bar\nB;Lamp;Sun\n'
    mapping = {"name,brand": "name"}
    [found, none] = unfit(feed, mapping=mapping)
    assert found[0]["message"].startswith("no CSV: ")
    assert none == []
    assert rows(feed, mapping=mapping)[0].raw == b'"A-1,foo;""x""y,bar"'


@pytest.mark.parametrize(
    ("feed", "before"),
    [
        (b"\n" * 2_000 + b"sku,name\nA,Lamp\n", 0),
        (b"sku,name\nA,Lamp\n" + b" \r\n" * 400 + b"B,Lamp\n", 1),
        (b'{"sku": "A"}' + b"\n" * 2_000 + b'{"sku": "B"}', 1),
    ],
)
def test_what_is_blank_ends_somewhere(feed: bytes, before: int) -> None:
    found, reason = unreadable(feed, row_bytes=1_000)
    assert found == before
    assert "more than 1000 bytes up to line" in reason
    assert len(rows(feed, row_bytes=3_000)) == before + 1


def test_a_sheet_may_have_many_rows_without_anything() -> None:
    feed = b"sku,name\nA,Lamp\n" + b",\n" * 2_000 + b"B,Lamp\n"
    assert [row.line for row in rows(feed, row_bytes=1_000)] == [2, 2_003]


@given(st.text(st.sampled_from("A1.,[]{}\"'\r\n\0 ;|=-:tfn\\u\ud7ff"), max_size=30))
def test_whatever_a_row_says_it_is_a_product_or_unfit(cells: str) -> None:
    header = "sku,name,tags,media,prices,attributes"
    for columns in (header, header.replace(",", ";"), "sku,name,price,currency,attr.a,status"):
        unfit(f"{columns}\nA,{cells}".encode(), row_bytes=10_000)


def test_the_sku_of_a_row_of_another_length_is_told_where_it_comes_first() -> None:
    assert [row.sku for row in rows(b"sku,name,brand\nA,Lamp, big,Sun\nB\n")] == ["A", "B"]


def test_a_quotation_mark_that_is_not_closed_ends_the_feed() -> None:
    feed = b'sku,name\nA,Lamp\nB,"Lamp\n' + b"C,Lamp\n" * 1_000
    before, reason = unreadable(feed, row_bytes=1_000)
    assert before == 1
    assert "line 3 is longer than 1000 bytes: perhaps a quotation mark is not closed" in reason


def test_columns_are_as_many_as_a_sheet_has() -> None:
    assert unreadable(b"sku,name" + b",x" * 1_000_000) == (0, "it has more than 16384 columns")
    assert len(unreadable(b"sku,name" + b",x" * 16_000)[1]) < 1_000
    assert len(rows(b"sku,name" + b"," * 16_382 + b"\nA,Lamp")) == 1
