"""A row a product, of what lists filter by and search, and what seldom changes."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

import msgspec
from sqlalchemy import Column, Computed, Index, Table, Text, text
from sqlalchemy.dialects import postgresql

from events.product import Attributes, AttributeValue, Scalar
from projections.document import ProductDocument
from projections.projection import Catalog, Product, ReadModel, Row
from projections.tables import read_tables
from projections.words import searched

_C = Text(collation="C")
_WORDS = "projections.words(catalog_id, language, title, kind, details, description)"

table = Table(
    "product_search",
    read_tables,
    Column("catalog_id", Text, primary_key=True),
    Column("product_id", postgresql.UUID(as_uuid=True), primary_key=True),
    Column("name", _C, nullable=False),
    Column("brand", _C),
    Column("category", _C),
    Column("status", Text, nullable=False),
    Column("tags", postgresql.ARRAY(Text), nullable=False),
    Column("attributes", postgresql.JSONB, nullable=False),
    Column("words", postgresql.TSVECTOR, Computed(_WORDS, persisted=True)),
    Column("language", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("details", Text, nullable=False),
    Column("description", Text, nullable=False),
    Index(
        "product_search_name",
        "catalog_id",
        "name",
        "product_id",
        postgresql_include=["status", "category", "brand"],
    ),
    Index(
        "product_search_category",
        "catalog_id",
        "category",
        "name",
        "product_id",
        postgresql_include=["status", "brand"],
    ),
    Index(
        "product_search_brand",
        "catalog_id",
        "brand",
        "name",
        "product_id",
        postgresql_include=["status", "category"],
    ),
    Index(
        "product_search_tree",
        "catalog_id",
        "category",
        postgresql_where=text("status <> 'archived'"),
    ),
    Index("product_search_status", "catalog_id", "status"),
    Index(
        "product_search_words",
        "words",
        "tags",
        "attributes",
        postgresql_using="gin",
        postgresql_ops={"attributes": "jsonb_path_ops"},
    ),
)


def rows(catalog: Catalog, product: Product) -> Sequence[Row]:
    document = product.document
    return [
        (
            catalog.key,
            document.id,
            sortable(document.name),
            document.brand,
            document.category,
            document.status,
            tuple(dict.fromkeys(document.tags)),
            attributes(catalog.key, document.attributes),
            catalog.language,
            searched(document.name, document.sku),
            _kind(document.brand or "", document.category or ""),
            searched(*_details(document)),
            searched(document.description or ""),
        )
    ]


def sortable(name: str) -> str:
    """The name as lists sort it: without regard to case."""
    return name.casefold()


def attributes(catalog: str, values: Attributes) -> str:
    """JSON: by name the values as texts, be it one or several.

    They are within the catalog: an index of paths then keeps those of catalogs apart.
    """
    texts = {name: _texts(each) for name, each in values.items()}
    return msgspec.json.encode({catalog: texts}).decode()


def _texts(value: AttributeValue) -> list[str]:
    if isinstance(value, tuple):
        return [*dict.fromkeys(map(_text, value))]
    return [_text(value)]


@lru_cache(maxsize=10_000)
def _kind(brand: str, category: str) -> str:
    """There are few, of many products."""
    return searched(brand, category)


def _details(document: ProductDocument) -> Iterator[str]:
    """Tags and values; of what is true or false, the name where it is true."""
    yield from document.tags
    for name, value in document.attributes.items():
        for each in _scalars(value):
            if not isinstance(each, bool):
                yield _text(each)
            elif each:
                yield name


def _scalars(value: AttributeValue) -> tuple[Scalar, ...]:
    return value if isinstance(value, tuple) else (value,)


def _text(value: Scalar) -> str:
    """As it is written in the read document, a whole number without a fraction."""
    if isinstance(value, str):
        return value
    whole = isinstance(value, float) and value.is_integer() and abs(value) < 2**53
    return msgspec.json.encode(int(value) if whole else value).decode()


def source(product: Product) -> object:
    """Not its prices, which change most."""
    document = product.document
    return (
        document.sku,
        document.name,
        document.description,
        document.brand,
        document.category,
        document.status,
        document.tags,
        repr(document.attributes),  # as values, 1 and true are equal
    )


model = ReadModel(table, rows, source)
