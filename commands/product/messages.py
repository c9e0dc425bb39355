"""What can be asked of a product."""

from dataclasses import dataclass, field

from commands.product.state import Product
from events.product import Attributes, Medium


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterProduct:
    sku: str
    name: str
    description: str | None = None
    brand: str | None = None
    category: str | None = None
    tags: tuple[str, ...] = ()
    attributes: Attributes = field(default_factory=dict)
    media: tuple[Medium, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameProduct:
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribeProduct:
    description: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandProduct:
    brand: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoriseProduct:
    category: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TagProduct:
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAttributes:
    assign: Attributes = field(default_factory=dict)
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceAttributes:
    """Leaves the product with these attributes and no other."""

    attributes: Attributes


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrangeMedia:
    media: tuple[Medium, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPrice:
    currency: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovePrice:
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacePrices:
    """Leaves the product with these prices, by currency in minor units, and no other."""

    prices: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishProduct:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpublishProduct:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveProduct:
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreProduct:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class RevertProduct:
    """Leaves the product as it was once, whatever it is now."""

    to: Product


type Transition = PublishProduct | UnpublishProduct | ArchiveProduct | RestoreProduct
type Change = (
    RenameProduct
    | DescribeProduct
    | BrandProduct
    | CategoriseProduct
    | TagProduct
    | ChangeAttributes
    | ReplaceAttributes
    | ArrangeMedia
    | SetPrice
    | RemovePrice
    | ReplacePrices
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetireProduct:
    """Leaves the product archived, and as these changes make it."""

    changes: tuple[Change, ...]


type ProductCommand = RegisterProduct | Transition | Change | RevertProduct | RetireProduct
