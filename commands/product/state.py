"""What decisions need to know of a product, and how each event changes it."""

from dataclasses import dataclass, field, replace
from typing import Literal, assert_never

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
    Unarchived,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unregistered:
    """A stream without events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    sku: str
    name: str
    description: str | None
    brand: str | None
    category: str | None
    tags: tuple[str, ...]
    attributes: Attributes
    media: tuple[Medium, ...]
    prices: dict[str, int] = field(default_factory=dict)
    status: Literal["draft", "published", "archived"] = "draft"
    status_before_archive: Unarchived = "draft"
    archive_reason: str | None = None


type State = Unregistered | Product

INITIAL = Unregistered()


def evolve(state: State, event: ProductEvent) -> State:
    match state, event:
        case _, ProductRegistered():
            return _registered(event)
        case Product(), _:
            return changed(state, event)
        case Unregistered(), _:
            raise ValueError(event)


def _registered(event: ProductRegistered) -> Product:
    return Product(
        sku=event.sku,
        name=event.name,
        description=event.description,
        brand=event.brand,
        category=event.category,
        tags=event.tags,
        attributes=event.attributes,
        media=event.media,
    )


def changed(product: Product, event: ProductEvent) -> Product:
    match event:
        case ProductRegistered():
            return _registered(event)
        case ProductRenamed(name=name):
            return replace(product, name=name)
        case ProductDescribed(description=description):
            return replace(product, description=description)
        case ProductBranded(brand=brand):
            return replace(product, brand=brand)
        case ProductCategorised(category=category):
            return replace(product, category=category)
        case ProductTagged(tags=tags):
            return replace(product, tags=tags)
        case AttributesChanged(assigned=assigned, removed=removed):
            kept = {k: v for k, v in product.attributes.items() if k not in removed}
            return replace(product, attributes=kept | assigned)
        case MediaArranged(media=media):
            return replace(product, media=media)
        case PriceSet(currency=currency, amount=amount):
            return replace(product, prices=product.prices | {currency: amount})
        case PriceRemoved(currency=currency):
            kept_prices = {k: v for k, v in product.prices.items() if k != currency}
            return replace(product, prices=kept_prices)
        case ProductPublished():
            return replace(product, status="published")
        case ProductUnpublished():
            return replace(product, status="draft")
        case ProductArchived(reason=reason):
            before = _open_status(product)
            return replace(
                product, status="archived", status_before_archive=before, archive_reason=reason
            )
        case ProductRestored(status=status):
            return replace(
                product, status=status, status_before_archive="draft", archive_reason=None
            )
        case _:
            assert_never(event)


def _open_status(product: Product) -> Unarchived:
    return "published" if product.status == "published" else "draft"
