"""A product says the same in each format, and comes back from an export as it was."""

import csv
import io
import json
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from commands.feeds.feed_product import FeedProduct
from commands.input import to_register
from commands.product import product
from projections.folding import fold
from queries.exports import products as content
from queries.exports.varying import Varying
from queries.exports.writers import CommaSeparated, Ndjson
from tests.feeding import products
from tests.stream import stream

texts = st.text("ab,;|\t\"'\r\n =+-@é\u2028", min_size=1, max_size=9)
maybe = st.none() | texts
scalars = (
    texts
    | st.sampled_from(["", "7", "-7", "true", "null", '"', '"a"', "[1]", "{", " ", "1e3", "007"])
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.booleans()
    | st.floats(-1e9, 1e9)
)
documents = st.fixed_dictionaries(
    {
        "sku": st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._:+-]{0,5}", fullmatch=True),
        "name": texts,
        "description": maybe | st.just(""),
        "brand": maybe,
        "category": st.sampled_from([None, "a", "a-b/c"]),
        "tags": st.lists(texts, unique=True, max_size=3),
        "attributes": st.dictionaries(
            st.sampled_from(["color", "Watts", "a.b", "x-y"]),
            scalars | st.lists(scalars, max_size=3),
        ),
        "prices": st.dictionaries(
            st.sampled_from(["USD", "JPY", "JOD"]), st.integers(0, 2**53 - 1)
        ).map(lambda prices: [{"currency": c, "amount": a} for c, a in sorted(prices.items())]),
        "media": st.lists(
            st.fixed_dictionaries({"url": st.just("https://a.b/|c"), "alt": maybe}), max_size=2
        ),
        "status": st.sampled_from(["draft", "archived"]),
    }
)


def asked(document: dict[str, Any]) -> bytes:
    return stored(FeedProduct.model_validate_json(json.dumps(document)))


def stored(row: FeedProduct) -> bytes:
    """What it asks for as JSON, in which True is not 1."""
    return msgspec.json.encode(to_register(row), order="deterministic")


def body(document: dict[str, Any]) -> str:
    """The read document of what was asked for."""
    commands = to_register(FeedProduct.model_validate_json(json.dumps(document)))
    after = fold(None, stream(*product.decide_all(commands, product.initial))).after
    assert after
    return after.body


def varying(document: dict[str, Any]) -> Varying:
    return Varying(
        [price["currency"] for price in document["prices"]], sorted(document["attributes"])
    )


def separated_by(separator: str, text: bytes) -> bytes:
    written = io.StringIO(newline="")
    rows = csv.reader(io.StringIO(text.decode(), newline=""))
    csv.writer(written, delimiter=separator).writerows(rows)
    return written.getvalue().encode()


def as_csv(document: dict[str, Any], columns: Varying) -> bytes:
    writer = CommaSeparated(content, columns)
    return writer.begun() + writer.written([body(document)]) + writer.ended()


@given(documents)
def test_a_product_is_the_same_in_an_export_as_json(document: dict[str, Any]) -> None:
    line = Ndjson(content).written([body(document)])
    for feed in (line, b"[" + line + b"]", json.dumps([document], indent=1).encode()):
        [product_] = products(feed)
        assert stored(product_) == asked(document)


@given(documents, st.sampled_from([",", ";", "\t", "|"]))
def test_a_product_is_the_same_in_an_export_as_csv(
    document: dict[str, Any], separator: str
) -> None:
    columns = Varying(["EUR", *varying(document).currencies], varying(document).attributes)
    [product_] = products(separated_by(separator, as_csv(document, columns)))
    assert stored(product_) == asked(document)
