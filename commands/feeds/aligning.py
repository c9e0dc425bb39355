"""What a row asks of a product that is known."""

from collections.abc import Callable, Iterator

from commands.feeds.feed_product import PickedProduct
from commands.input import WholeProduct, stored_attributes, stored_media
from commands.product.messages import (
    ArrangeMedia,
    BrandProduct,
    CategoriseProduct,
    Change,
    ChangeAttributes,
    DescribeProduct,
    ProductCommand,
    PublishProduct,
    RemovePrice,
    RenameProduct,
    ReplaceAttributes,
    ReplacePrices,
    RetireProduct,
    SetPrice,
    TagProduct,
    UnpublishProduct,
)


def to_align(product: WholeProduct) -> list[ProductCommand]:
    """The commands that bring a product to what a feed says; what it leaves out stays."""
    said = product.model_fields_set
    changes = [change(product) for field, change in _CHANGES.items() if field in said]
    if "prices" in said:
        changes += _prices(product)
    match product.status:
        case "draft":
            return [*changes, UnpublishProduct()] if "status" in said else [*changes]
        case "published":
            return [*changes, PublishProduct()]
        case "archived":
            return [RetireProduct(changes=tuple(changes))]


def _attributes(product: WholeProduct) -> Change:
    given = stored_attributes(product.attributes)
    match product:
        case PickedProduct(emptied_attributes=list(emptied)):
            return ChangeAttributes(assign=given, remove=tuple(emptied))
        case _:
            return ReplaceAttributes(attributes=given)


def _prices(product: WholeProduct) -> Iterator[Change]:
    given = {price.currency: price.amount for price in product.prices}
    match product:
        case PickedProduct(emptied_prices=list(emptied)):
            yield from (RemovePrice(currency=currency) for currency in emptied)
            for currency, amount in given.items():
                yield SetPrice(currency=currency, amount=amount)
        case _:
            yield ReplacePrices(prices=given)


_CHANGES: dict[str, Callable[[WholeProduct], Change]] = {
    "name": lambda product: RenameProduct(name=product.name),
    "description": lambda product: DescribeProduct(description=product.description),
    "brand": lambda product: BrandProduct(brand=product.brand),
    "category": lambda product: CategoriseProduct(category=product.category),
    "tags": lambda product: TagProduct(tags=tuple(product.tags)),
    "attributes": _attributes,
    "media": lambda product: ArrangeMedia(media=stored_media(product.media)),
}
