"""A line, a row or a record a product."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

import msgspec

from cli.exports.cells import Cell, cell
from cli.exports.varying import Varying
from projections.document import Standstill
from projections.projection import Product

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


def lines(product: Product) -> Iterator[bytes]:
    """The read document, byte by byte as it is sent."""
    yield product.body.encode()


def header(varying: Varying) -> Sequence[str]:
    prices = (f"price.{currency}" for currency in varying.currencies)
    attributes = (f"attr.{name}" for name in varying.attributes)
    return [*FIELDS, "parked_before", *prices, *attributes]


def rows(product: Product, varying: Varying) -> Iterator[Sequence[Cell]]:
    document = product.document
    fields = msgspec.to_builtins(document)
    prices = {price.currency: price.decimal for price in document.prices}
    yield [
        *(cell(fields[name]) for name in FIELDS),
        cell(_parked_before(product)),
        *(prices.get(currency, "") for currency in varying.currencies),
        *(cell(document.attributes.get(name)) for name in varying.attributes),
    ]


def records(product: Product) -> Iterator[Mapping[str, object]]:
    document = product.document
    yield {
        **{name: getattr(document, name) for name in FIELDS},
        "id": str(document.id),
        "media": [msgspec.to_builtins(medium) for medium in document.media],
        "parked_before": _parked_before(product),
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


def _parked_before(product: Product) -> int | None:
    parked = product.document.parked
    return parked.position if isinstance(parked, Standstill) else None
