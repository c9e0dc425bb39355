"""What can be asked of a product."""

from msgspec import Struct, field

from commands.product.state import Product
from events.product import Attributes, Medium


class RegisterProduct(Struct, frozen=True, kw_only=True):
    sku: str
    name: str
    description: str | None = None
    brand: str | None = None
    category: str | None = None
    tags: tuple[str, ...] = ()
    attributes: Attributes = field(default_factory=dict)
    media: tuple[Medium, ...] = ()


class RenameProduct(Struct, frozen=True, kw_only=True):
    name: str


class DescribeProduct(Struct, frozen=True, kw_only=True):
    description: str | None


class BrandProduct(Struct, frozen=True, kw_only=True):
    brand: str | None


class CategoriseProduct(Struct, frozen=True, kw_only=True):
    category: str | None


class TagProduct(Struct, frozen=True, kw_only=True):
    tags: tuple[str, ...]


class ChangeAttributes(Struct, frozen=True, kw_only=True):
    assign: Attributes = field(default_factory=dict)
    remove: tuple[str, ...] = ()


class ReplaceAttributes(Struct, frozen=True, kw_only=True):
    """Leaves the product with these attributes and no other."""

    attributes: Attributes


class ArrangeMedia(Struct, frozen=True, kw_only=True):
    media: tuple[Medium, ...]


class SetPrice(Struct, frozen=True, kw_only=True):
    currency: str
    amount: int


class RemovePrice(Struct, frozen=True, kw_only=True):
    currency: str


class ReplacePrices(Struct, frozen=True, kw_only=True):
    """Leaves the product with these prices, by currency in minor units, and no other."""

    prices: dict[str, int]


class PublishProduct(Struct, frozen=True, kw_only=True):
    pass


class UnpublishProduct(Struct, frozen=True, kw_only=True):
    pass


class ArchiveProduct(Struct, frozen=True, kw_only=True):
    reason: str | None = None


class RestoreProduct(Struct, frozen=True, kw_only=True):
    pass


class RevertProduct(Struct, frozen=True, kw_only=True):
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


class RetireProduct(Struct, frozen=True, kw_only=True):
    """Leaves the product archived, and as these changes make it."""

    changes: tuple[Change, ...]


type ProductCommand = RegisterProduct | Transition | Change | RevertProduct | RetireProduct
