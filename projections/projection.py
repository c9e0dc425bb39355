"""A read model is a table and a pure function: the rows that stand for a product."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from sqlalchemy import Column, Table

from projections.document import ProductDocument, decode, encode

type Row = tuple[object, ...]
"""The values of a table's columns in their order, from the catalog and the product's id on.

Columns that PostgreSQL computes are not among them.
"""


@dataclass(frozen=True, slots=True)
class Catalog:
    """What rows need to know of a catalog; none of it ever changes."""

    key: str
    language: str
    """The text search configuration of its products' words."""


@dataclass(frozen=True, slots=True)
class Product:
    """A product as it is read: what it is, and how it is sent."""

    document: ProductDocument
    body: str


@dataclass(frozen=True, slots=True)
class ReadModel:
    table: Table
    rows: Callable[[Catalog, Product], Sequence[Row]]
    """What the table holds of a product of a catalog."""
    source: Callable[[Product], object] = attrgetter("body")
    """What rows are made from: while it is equal, they are."""

    @property
    def columns(self) -> list[Column[Any]]:
        """Those that rows have values of."""
        return [each for each in self.table.columns if each.computed is None]


def of(document: ProductDocument) -> Product:
    return Product(document, encode(document).decode())


def stored(body: str) -> Product:
    return Product(decode(body), body)
