"""Products as NDJSON, CSV and Parquet say what their documents say."""

import csv
import re
from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import msgspec
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.product import AttributeValue, PriceSet, ProductEvent, ProductRegistered
from projections.folding import fold
from projections.projection import Product
from queries.errors import NumberTooLarge
from queries.exports import parquet, prices, products
from queries.exports.cells import attribute_cell, cell
from queries.exports.content import Content, Kind
from queries.exports.varying import Varying
from queries.exports.writers import CommaSeparated, Ndjson, Writer
from tests.given import TELEPORTED, registered
from tests.product_events import changes, registrations
from tests.stream import stream

GUARDED = re.compile("'('*[\t\r\n]|'+\\Z|'*\"\"\\Z|[\\s']*[=+\\-@\uff1d\uff0b\uff0d\uff20])")
"""What docs/architecture.md tells readers of CSV to look for."""

folded = st.builds(
    lambda registration, changed: product(registration, *changed),
    registrations("LAMP-1"),
    st.lists(changes, max_size=8),
)
shelves = st.lists(folded, max_size=4)


def product(*events: ProductEvent) -> Product:
    after = fold(None, stream(*events)).after
    assert after
    return after


def lamp(*prices: PriceSet, name: str = "Lamp", **attributes: AttributeValue) -> Product:
    return product(ProductRegistered(sku="L", name=name, attributes=attributes), *prices)


def file(writer: Writer, shelf: Sequence[Product]) -> bytes:
    parts = [writer.written([each.body]) for each in shelf]
    return b"".join([writer.begun(), *parts, writer.ended()])


def as_ndjson(shelf: Sequence[Product], content: Content) -> bytes:
    return file(Ndjson(content), shelf)


def as_csv(shelf: Sequence[Product], content: Content) -> bytes:
    documents = [product.document for product in shelf]
    varying = Varying(
        sorted({price.currency for each in documents for price in each.prices}),
        sorted({name for each in documents for name in each.attributes}),
    )
    return file(CommaSeparated(content, varying), shelf)


def as_parquet(shelf: Sequence[Product], kind: Kind) -> bytes:
    return file(parquet.Parquet(kind), shelf)


def table(text: bytes) -> list[dict[str, str]]:
    read = csv.DictReader(StringIO(text.decode(), newline=""), strict=True)
    return [{name: unguarded(value) for name, value in row.items()} for row in read]


def unguarded(text: str) -> str:
    return text[1:] if GUARDED.match(text) else text


def records(file: bytes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pyarrow.parquet.read_table(BytesIO(file)).to_pylist()
    return found


def document(product: Product) -> dict[str, Any]:
    return dict(msgspec.json.decode(product.body))


@given(shelves)
def test_a_line_is_the_read_document_byte_by_byte(shelf: Sequence[Product]) -> None:
    assert as_ndjson(shelf, products) == b"".join(each.body.encode() + b"\n" for each in shelf)


@given(shelves)
def test_csv_says_what_the_documents_say(shelf: Sequence[Product]) -> None:
    for row, told in zip(table(as_csv(shelf, products)), map(document, shelf), strict=True):
        expected = {name: told[name] for name in products.FIELDS}
        expected |= {f"price.{each['currency']}": each["decimal"] for each in told["prices"]}
        fields = {name: as_text(expected.get(name)) for name in row if "attr." not in name}
        assert fields.items() <= row.items()
        assert expected.keys() <= row.keys()
        assert told["attributes"] == {
            name.removeprefix("attr."): meant(text)
            for name, text in row.items()
            if text and name.startswith("attr.")
        }


def as_text(value: object) -> str:
    if value is None or isinstance(value, str):
        return '""' if value == "" else value or ""
    return msgspec.json.encode(value).decode()


def meant(text: str) -> object:
    """A text that reads as JSON is that."""
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text


@given(shelves)
def test_parquet_says_what_the_documents_say(shelf: Sequence[Product]) -> None:
    read = records(as_parquet(shelf, "products"))
    for row, told in zip(read, map(document, shelf), strict=True):
        assert row.pop("parked_before") is None
        row["attributes"] = msgspec.json.decode(row["attributes"])
        for price in row["prices"]:
            price["decimal"] = str(price["decimal"].normalize() + 0)
        for price in told["prices"]:
            price["decimal"] = str(Decimal(price["decimal"]).normalize() + 0)
        assert msgspec.json.decode(msgspec.json.encode(row)) == told


@given(shelves)
def test_a_price_is_a_line_a_row_and_a_record(shelf: Sequence[Product]) -> None:
    expected = [
        {"product_id": told["id"], "sku": told["sku"], "status": told["status"], **price}
        for told in map(document, shelf)
        for price in told["prices"]
    ]
    lines = as_ndjson(shelf, prices).splitlines()
    assert [msgspec.json.decode(line) for line in lines] == expected
    rows = table(as_csv(shelf, prices))
    assert rows == [{name: str(value) for name, value in each.items()} for each in expected]
    read = records(as_parquet(shelf, "prices"))
    assert read == [{**each, "decimal": Decimal(each["decimal"])} for each in expected]


@given(st.text(st.sampled_from("=+-@' \t\r\na\uff1d"), min_size=1, max_size=5))
def test_no_text_is_a_formula_and_every_text_can_be_had_back(text: str) -> None:
    written = str(cell(text))
    assert not written.lstrip().startswith(tuple("=+-@\uff1d"))
    assert not written.startswith(tuple("\t\r\n"))
    assert unguarded(written) == text


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, ""),
        ("=1+1", "'=1+1"),
        ("-5", "'-5"),
        (" @SUM(A1)", "' @SUM(A1)"),
        ("'=1", "''=1"),
        ("'90s lamp", "'90s lamp"),
        (-5, "-5"),
        (0.5, "0.5"),
        (True, "true"),
        (("a", 1), '["a",1]'),
        ("", '""'),
    ],
)
def test_a_cell_is_text_or_json_and_never_a_formula(value: object, written: str) -> None:
    assert cell(value) == written


@pytest.mark.parametrize("text", ["40", "-5", "1e3", "true", "null", "[1]", '"a"', "", " ", " 7\n"])
def test_a_text_that_reads_like_another_value_is_json(text: str) -> None:
    assert attribute_cell(text) == msgspec.json.encode(text).decode()


@pytest.mark.parametrize("text", ["12kg", "5 V", "truth", "NaN", "1_000", "07", "\u0661"])
def test_a_text_that_reads_like_no_other_is_as_it_is(text: str) -> None:
    assert attribute_cell(text) == text


def test_csv_has_the_line_breaks_and_quotes_of_rfc_4180() -> None:
    text = as_csv([lamp(name='1,5" "Lamp"\nnew', color="red")], products).decode()
    header, _, rest = text.partition("\r\n")
    assert header.endswith("media,parked_before,attr.color")
    assert '"1,5"" ""Lamp""\nnew"' in rest
    assert rest.endswith(",red\r\n")


def test_columns_are_of_all_that_any_product_has() -> None:
    rows = table(as_csv([lamp(watts=40), lamp(color="red"), lamp(eur(5), jpy(500))], products))
    assert [*rows[0]][len(products.FIELDS) :] == [
        *("parked_before", "price.EUR", "price.JPY", "attr.color", "attr.watts"),
    ]
    assert [row["price.JPY"] for row in rows] == ["", "", "500"]


def eur(amount: int) -> PriceSet:
    return PriceSet(currency="EUR", amount=amount)


def jpy(amount: int) -> PriceSet:
    return PriceSet(currency="JPY", amount=amount)


def test_without_products_there_is_a_header_and_a_schema() -> None:
    assert as_csv([], prices) == b"product_id,sku,status,currency,amount,decimal\r\n"
    read = pyarrow.parquet.read_schema(BytesIO(as_parquet([], "products")))
    assert read.equals(parquet.SCHEMAS["products"])


def test_a_product_that_stands_still_says_so() -> None:
    standing = fold(None, stream(registered, TELEPORTED))
    assert standing.after
    assert table(as_csv([standing.after], products))[0]["parked_before"] == "2"
    assert records(as_parquet([standing.after], "products"))[0]["parked_before"] == 2


def test_row_groups_are_of_bounded_size(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = [lamp(name="x" * 1_000) for _ in range(10)]
    monkeypatch.setattr(parquet, "ROW_GROUP_BYTES", 3 * len(shelf[0].body))
    metadata = pyarrow.parquet.read_metadata(BytesIO(as_parquet(shelf, "products")))
    groups = [metadata.row_group(number).num_rows for number in range(metadata.num_row_groups)]
    assert groups == [3, 3, 3, 1]


def test_an_amount_that_parquet_has_no_room_for_is_told() -> None:
    body = lamp(eur(5)).body.replace('"amount":5', f'"amount":{2**63}')
    with pytest.raises(NumberTooLarge, match="NDJSON"):
        parquet.Parquet("products").written([body])
