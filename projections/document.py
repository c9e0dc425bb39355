"""The read document of a product, as it is sent, and how each event changes it."""

import re
from datetime import datetime
from typing import Literal, assert_never
from uuid import UUID

import msgspec

from events.money import decimal
from events.product import (
    Attributes,
    AttributesChanged,
    MediaArranged,
    Medium,
    PriceRemoved,
    PriceSet,
    ProductArchived,
    ProductBranded,
    ProductCategorised,
    ProductDescribed,
    ProductEvent,
    ProductPublished,
    ProductRegistered,
    ProductRenamed,
    ProductRestored,
    ProductTagged,
    ProductUnpublished,
)
from events.recorded import Fact


class Price(msgspec.Struct, frozen=True):
    """`amount` counts minor units; `decimal` is the same as people write it."""

    currency: str
    amount: int
    decimal: str


class Standstill(msgspec.Struct, frozen=True):
    """The product stands still before its event at `position`, which could not be applied."""

    position: int


class ProductDocument(msgspec.Struct):
    id: UUID
    sku: str
    name: str
    description: str | None
    brand: str | None
    category: str | None
    tags: tuple[str, ...]
    attributes: Attributes
    prices: list[Price]
    media: tuple[Medium, ...]
    status: Literal["draft", "published", "archived"]
    version: int
    created_at: datetime
    updated_at: datetime
    parked: Standstill | msgspec.UnsetType = msgspec.UNSET


_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
"""The escape itself, not a backslash that is followed by its letters."""

_decoder = msgspec.json.Decoder(ProductDocument)
encode = msgspec.json.encode
decode = _decoder.decode


def apply(document: ProductDocument | None, fact: Fact) -> ProductDocument:
    """The document after the event; the one that was given may be changed.

    Raises `Undecodable`, and ValueError for what could not have been decided.
    """
    if "\\u0000" in fact.data and _NUL.search(fact.data):
        raise fact.undecodable("PostgreSQL stores no text with a NUL character")
    event = fact.event
    if isinstance(event, ProductRegistered):
        return _registered(event, fact)
    if document is None:
        raise ValueError("no product was registered before it")
    _change(document, event)
    document.version = fact.version
    document.updated_at = fact.occurred_at
    return document


def _registered(event: ProductRegistered, fact: Fact) -> ProductDocument:
    return ProductDocument(
        id=fact.stream_id,
        sku=event.sku,
        name=event.name,
        description=event.description,
        brand=event.brand,
        category=event.category,
        tags=event.tags,
        attributes=event.attributes,
        prices=[],
        media=event.media,
        status="draft",
        version=fact.version,
        created_at=fact.occurred_at,
        updated_at=fact.occurred_at,
    )


def _change(document: ProductDocument, event: ProductEvent) -> None:
    match event:
        case ProductRegistered():
            raise ValueError(event)
        case ProductRenamed(name=name):
            document.name = name
        case ProductDescribed(description=description):
            document.description = description
        case ProductBranded(brand=brand):
            document.brand = brand
        case ProductCategorised(category=category):
            document.category = category
        case ProductTagged(tags=tags):
            document.tags = tags
        case AttributesChanged(assigned=assigned, removed=removed):
            kept = {k: v for k, v in document.attributes.items() if k not in removed}
            document.attributes = kept | assigned
        case MediaArranged(media=media):
            document.media = media
        case PriceSet(currency=currency, amount=amount):
            price = Price(currency, amount, decimal(currency, amount))
            document.prices = sorted([*_without(document, currency), price], key=_currency)
        case PriceRemoved(currency=currency):
            document.prices = _without(document, currency)
        case ProductPublished():
            document.status = "published"
        case ProductUnpublished():
            document.status = "draft"
        case ProductArchived():
            document.status = "archived"
        case ProductRestored(status=status):
            document.status = status
        case _:
            assert_never(event)


def _without(document: ProductDocument, currency: str) -> list[Price]:
    return [price for price in document.prices if price.currency != currency]


def _currency(price: Price) -> str:
    return price.currency
