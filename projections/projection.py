"""A read model is a table and a pure function: the rows that stand for a product.

Each row holds from its `since` on; what held before is in the table's past.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Table

from projections.document import ProductDocument, decode, encode
from projections.past import past_of

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
    since: datetime
    """When it came to be so, in business time."""


@dataclass(frozen=True, slots=True, eq=False)
class ReadModel:
    table: Table
    rows: Callable[[Catalog, Product], Sequence[Row]]
    """What the table holds of a product of a catalog."""
    source: Callable[[ProductDocument], tuple[object, ...]]
    """What rows are made from: while it is equal, they are."""
    past: Table = field(init=False)
    """The rows that the table held before, and when they did."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "past", past_of(self.table))

    @property
    def tables(self) -> tuple[Table, Table]:
        return self.table, self.past

    @property
    def columns(self) -> list[Column[Any]]:
        """Those that rows have values of."""
        *own, _since, _until = self.table.columns
        return [each for each in own if each.computed is None]


def of(document: ProductDocument, since: datetime) -> Product:
    return Product(document, encode(document).decode(), since)


def stored(body: str, since: datetime) -> Product:
    return Product(decode(body), body, since)
