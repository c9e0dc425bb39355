"""A line, a row or a record a price."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from uuid import UUID

import msgspec

from cli.exports.cells import Cell, cell
from cli.exports.varying import Varying
from projections.projection import Product


class Priced(msgspec.Struct, frozen=True):
    """`amount` counts minor units; `decimal` is the same as people write it."""

    product_id: UUID
    sku: str
    status: str
    currency: str
    amount: int
    decimal: str


def lines(product: Product) -> Iterator[bytes]:
    return map(msgspec.json.encode, _prices(product))


def header(_: Varying) -> Sequence[str]:
    return Priced.__struct_fields__


def rows(product: Product, _: Varying) -> Iterator[Sequence[Cell]]:
    for price in _prices(product):
        *texts, amount, decimal = msgspec.to_builtins(price).values()
        yield [*map(cell, texts), amount, decimal]


def records(product: Product) -> Iterator[Mapping[str, object]]:
    for price in _prices(product):
        fields = msgspec.to_builtins(price)
        yield {**fields, "decimal": Decimal(price.decimal)}


def _prices(product: Product) -> Iterator[Priced]:
    document = product.document
    for price in document.prices:
        yield Priced(
            product_id=document.id,
            sku=document.sku,
            status=document.status,
            currency=price.currency,
            amount=price.amount,
            decimal=price.decimal,
        )
