"""What can happen to a product. Names here are storage: read `events/codec.py` first."""

from dataclasses import dataclass
from typing import Literal

type Scalar = str | int | float | bool
type AttributeValue = Scalar | tuple[Scalar, ...]
type Attributes = dict[str, AttributeValue]
type Unarchived = Literal["draft", "published"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    url: str
    alt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductRegistered:
    sku: str
    name: str
    description: str | None = None
    brand: str | None = None
    category: str | None = None
    tags: tuple[str, ...] = ()
    attributes: Attributes
    media: tuple[Medium, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductRenamed:
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductDescribed:
    description: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductBranded:
    brand: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductCategorised:
    category: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductTagged:
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributesChanged:
    assigned: Attributes
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaArranged:
    media: tuple[Medium, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceSet:
    """`amount` counts the minor units of the ISO 4217 currency."""

    currency: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRemoved:
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductPublished:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductUnpublished:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductArchived:
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductRestored:
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
