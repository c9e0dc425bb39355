"""A line, a row or a record a price."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from uuid import UUID

import msgspec

from projections.document import decode
from queries.exports.cells import Cell, cell
from queries.exports.varying import Varying


class Priced(msgspec.Struct, frozen=True):
    """`amount` counts minor units; `decimal` is the same as people write it."""

    product_id: UUID
    sku: str
    status: str
    currency: str
    amount: int
    decimal: str


def lines(body: str) -> Iterator[bytes]:
    return map(msgspec.json.encode, _prices(body))


def header(_: Varying) -> Sequence[str]:
    return Priced.__struct_fields__


def rows(body: str, _: Varying) -> Iterator[Sequence[Cell]]:
    for price in _prices(body):
        *texts, amount, decimal = msgspec.to_builtins(price).values()
        yield [*map(cell, texts), amount, decimal]


def records(body: str) -> Iterator[Mapping[str, object]]:
    for price in _prices(body):
        fields = msgspec.to_builtins(price)
        yield {**fields, "decimal": Decimal(price.decimal)}


def _prices(body: str) -> Iterator[Priced]:
    document = decode(body)
    for price in document.prices:
        yield Priced(
            product_id=document.id,
            sku=document.sku,
            status=document.status,
            currency=price.currency,
            amount=price.amount,
            decimal=price.decimal,
        )
