"""A row a product, of what lists filter by and search, and what seldom changes."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import msgspec
from sqlalchemy import Column, Computed, Index, Table, Text, text
from sqlalchemy.dialects import postgresql

from events.product import Attributes, Scalar
from projections.document import ProductDocument
from projections.letters import plain
from projections.past import period
from projections.projection import Catalog, Product, ReadModel, Row
from projections.tables import read_tables
from projections.words import joined, searched, told, weighed

_C = Text(collation="C")
_LEXEMES = "projections.lexemes(language, searched, accented)"
_SORTABLE_BYTES = 1_500
"""So that a row of an index has room for all (2,704 bytes), a brand of 800 bytes and more."""
_LONGEST_CHARACTER = 4
"""Bytes of it in UTF-8."""

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
    Column("words", postgresql.TSVECTOR, Computed(_LEXEMES, persisted=True)),
    Column("language", Text, nullable=False),
    Column("searched", Text, nullable=False),
    Column("accented", postgresql.ARRAY(Text)),
    *period(),
    Index(
        "product_search_name",
        "catalog_id",
        "name",
        "product_id",
        postgresql_include=["status", "category", "brand", "since", "until"],
    ),
    Index(
        "product_search_category",
        "catalog_id",
        "category",
        "name",
        "product_id",
        postgresql_include=["status", "brand", "since", "until"],
    ),
    Index(
        "product_search_brand",
        "catalog_id",
        "brand",
        "name",
        "product_id",
        postgresql_include=["status", "category", "since", "until"],
        postgresql_where=text("brand is not null"),
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
    texts, spoken, numbers = _told(document.attributes)
    details = [*document.tags, *spoken]
    return [
        (
            catalog.key,
            document.id,
            sortable(document.name),
            document.brand,
            document.category,
            document.status,
            tuple(dict.fromkeys(document.tags)),
            _within(catalog.key, texts),
            catalog.language,
            weighed(
                catalog.key,
                _words(document.name, document.sku),
                _kind(document.brand, document.category),
                [*searched(*details, *numbers), *joined(*details)],
                _words(document.description) if document.description else (),
            ),
            None if catalog.language == "simple" else _accented(document, details),
        )
    ]


def sortable(name: str) -> str:
    """The name as lists sort it: without regard to case and accents, as far as an index goes."""
    sorted_by = plain(name)
    if len(sorted_by) * _LONGEST_CHARACTER <= _SORTABLE_BYTES:
        return sorted_by
    return sorted_by.encode()[:_SORTABLE_BYTES].decode(errors="ignore")


def _words(*texts: str) -> Sequence[str]:
    return [*searched(*texts), *joined(*texts)]


@lru_cache(maxsize=10_000)
def _kind(brand: str | None, category: str | None) -> Sequence[str]:
    """There are few, of many products."""
    return _words(brand or "", *(category or "").split("/"))


def _accented(document: ProductDocument, details: Sequence[str]) -> Sequence[str]:
    """What has stems, by weight. Numbers have none."""
    title = (document.name, document.sku)
    kind = (document.brand or "", document.category or "")
    parts = (title, kind, details, (document.description or "",))
    return [" ".join(told(*each)) for each in parts]


def _within(catalog: str, texts: Mapping[str, Sequence[str]]) -> str:
    """JSON of attributes within their catalog: an index of paths keeps those of others apart."""
    return msgspec.json.encode({catalog: texts}).decode()


def _told(attributes: Attributes) -> tuple[dict[str, Sequence[str]], list[str], list[str]]:
    """By name the values as texts, be it one or several, and what of them is searched, and numbers.

    Of what is true or false, that is the name where it is true.
    """
    texts: dict[str, Sequence[str]] = {}
    spoken: list[str] = []
    numbers: list[str] = []
    for name, value in attributes.items():
        if isinstance(value, tuple):
            texts[name] = [*dict.fromkeys(map(_text, value))]
            spoken += [name if each is True else _text(each) for each in value if each is not False]
        elif isinstance(value, bool):
            texts[name] = (_text(value),)
            spoken += [name] if value else []
        elif isinstance(value, str):
            texts[name] = (value,)
            spoken.append(value)
        else:
            number = _number(value)
            texts[name] = (number,)
            numbers.append(number)
    return texts, spoken, numbers


def _text(value: Scalar) -> str:
    return value if isinstance(value, str) else _number(value)


@lru_cache(maxsize=10_000, typed=True)
def _number(value: float) -> str:
    """As it is written in the read document, a whole number without a fraction."""
    whole = isinstance(value, float) and value.is_integer() and abs(value) < 2**53
    return msgspec.json.encode(int(value) if whole else value).decode()


def source(document: ProductDocument) -> tuple[object, ...]:
    """Not its prices, which change most. Attributes are another dictionary with each change."""
    return (
        document.sku,
        document.name,
        document.description,
        document.brand,
        document.category,
        document.status,
        document.tags,
        id(document.attributes),
    )


model = ReadModel(table, rows, source)
