"""What can happen to a product. Names here are storage: read `events/codec.py` first."""

from typing import Literal

from msgspec import Struct

type Scalar = str | int | float | bool
type AttributeValue = Scalar | tuple[Scalar, ...]
type Attributes = dict[str, AttributeValue]
type Unarchived = Literal["draft", "published"]


class Medium(Struct, frozen=True, kw_only=True):
    url: str
    alt: str | None = None


class ProductRegistered(Struct, frozen=True, kw_only=True):
    sku: str
    name: str
    description: str | None = None
    brand: str | None = None
    category: str | None = None
    tags: tuple[str, ...] = ()
    attributes: Attributes
    media: tuple[Medium, ...] = ()


class ProductRenamed(Struct, frozen=True, kw_only=True):
    name: str


class ProductDescribed(Struct, frozen=True, kw_only=True):
    description: str | None


class ProductBranded(Struct, frozen=True, kw_only=True):
    brand: str | None


class ProductCategorised(Struct, frozen=True, kw_only=True):
    category: str | None


class ProductTagged(Struct, frozen=True, kw_only=True):
    tags: tuple[str, ...]


class AttributesChanged(Struct, frozen=True, kw_only=True):
    assigned: Attributes
    removed: tuple[str, ...] = ()


class MediaArranged(Struct, frozen=True, kw_only=True):
    media: tuple[Medium, ...]


class PriceSet(Struct, frozen=True, kw_only=True):
    """`amount` counts the minor units of the ISO 4217 currency."""

    currency: str
    amount: int


class PriceRemoved(Struct, frozen=True, kw_only=True):
    currency: str


class ProductPublished(Struct, frozen=True, kw_only=True):
    pass


class ProductUnpublished(Struct, frozen=True, kw_only=True):
    pass


class ProductArchived(Struct, frozen=True, kw_only=True):
    reason: str | None = None


class ProductRestored(Struct, frozen=True, kw_only=True):
    """Back to the `status` that the product had when it was archived."""

    status: Unarchived


type ProductEvent = (
    ProductRegistered
    | ProductRenamed
    | ProductDescribed
    | ProductBranded
    | ProductCategorised
    | ProductTagged
    | AttributesChanged
    | MediaArranged
    | PriceSet
    | PriceRemoved
    | ProductPublished
    | ProductUnpublished
    | ProductArchived
    | ProductRestored
)
