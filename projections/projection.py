"""A read model is a table and a pure function: the rows that stand for a product."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Table

from projections.document import ProductDocument, decode, encode

type Row = tuple[object, ...]
"""The values of a table's columns in their order, from the catalog and the product's id on."""


@dataclass(frozen=True, slots=True)
class Product:
    """A product as it is read: what it is, and how it is sent."""

    document: ProductDocument
    body: str


@dataclass(frozen=True, slots=True)
class ReadModel:
    table: Table
    rows: Callable[[str, Product], Sequence[Row]]
    """What the table holds of a product of a catalog."""


def of(document: ProductDocument) -> Product:
    return Product(document, encode(document).decode())


def stored(body: str) -> Product:
    return Product(decode(body), body)
