"""A line, a row or a record a product."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

import msgspec

from projections.document import ProductDocument, Standstill, decode
from queries.exports.cells import Cell, attribute_cell, cell
from queries.exports.varying import Varying

FIELDS = (
    "id",
    "sku",
    "name",
    "description",
    "brand",
    "category",
    "tags",
    "status",
    "version",
    "created_at",
    "updated_at",
    "media",
)


def lines(body: str) -> Iterator[bytes]:
    """The read document, byte by byte as it is sent."""
    yield body.encode()


def header(varying: Varying) -> Sequence[str]:
    return [*FIELDS, "parked_before", *varying.columns]


def rows(body: str, varying: Varying) -> Iterator[Sequence[Cell]]:
    document = decode(body)
    fields = msgspec.to_builtins(document)
    varied: dict[str, Cell] = {f"price.{each.currency}": each.decimal for each in document.prices}
    for name, value in document.attributes.items():
        varied[f"attr.{name}"] = attribute_cell(value)
    yield [
        *(cell(fields[name]) for name in FIELDS),
        cell(_parked_before(document)),
        *(varied.get(column, "") for column in varying.columns),
    ]


def records(body: str) -> Iterator[Mapping[str, object]]:
    document = decode(body)
    yield {
        **{name: getattr(document, name) for name in FIELDS},
        "id": str(document.id),
        "media": [msgspec.to_builtins(medium) for medium in document.media],
        "parked_before": _parked_before(document),
        "prices": [
            {
                "currency": price.currency,
                "amount": price.amount,
                "decimal": Decimal(price.decimal),
            }
            for price in document.prices
        ],
        "attributes": msgspec.json.encode(document.attributes).decode(),
    }


def _parked_before(document: ProductDocument) -> int | None:
    parked = document.parked
    return parked.position if isinstance(parked, Standstill) else None
