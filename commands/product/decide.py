"""What each command does to a product: pure functions from a command and a state to events.

Nothing to do means no events, so every command may be retried harmlessly.
"""

from typing import assert_never

from commands.errors import (
    InvalidTransition,
    NotPublishable,
    ProductExists,
    ProductIsArchived,
    UnknownCurrency,
    UnknownProduct,
)
from commands.product.messages import (
    ArchiveProduct,
    ArrangeMedia,
    BrandProduct,
    CategoriseProduct,
    Change,
    ChangeAttributes,
    DescribeProduct,
    ProductCommand,
    PublishProduct,
    RegisterProduct,
    RemovePrice,
    RenameProduct,
    ReplaceAttributes,
    ReplacePrices,
    RestoreProduct,
    SetPrice,
    TagProduct,
    Transition,
    UnpublishProduct,
)
from commands.product.state import Product, State, Unregistered
from events.money import minor_digits
from events.product import (
    Attributes,
    AttributesChanged,
    AttributeValue,
    MediaArranged,
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


def decide(command: ProductCommand, state: State) -> list[ProductEvent]:
    match command, state:
        case RegisterProduct(), _:
            return register(command, state)
        case _, Unregistered():
            raise UnknownProduct
        case ((PublishProduct() | UnpublishProduct() | ArchiveProduct() | RestoreProduct()), _):
            return transition(command, state)
        case _, Product(status="archived"):
            raise ProductIsArchived
        case _, _:
            return change(command, state)


def transition(command: Transition, product: Product) -> list[ProductEvent]:
    match command:
        case PublishProduct():
            return publish(product)
        case UnpublishProduct():
            return unpublish(product)
        case ArchiveProduct():
            return archive(command, product)
        case RestoreProduct():
            return restore(product)
        case _:
            assert_never(command)


def change(command: Change, product: Product) -> list[ProductEvent]:
    match command:
        case RenameProduct():
            return rename(command, product)
        case DescribeProduct():
            return describe(command, product)
        case BrandProduct():
            return brand(command, product)
        case CategoriseProduct():
            return categorise(command, product)
        case TagProduct():
            return tag(command, product)
        case ChangeAttributes():
            return change_attributes(command, product)
        case ReplaceAttributes():
            return replace_attributes(command, product)
        case ArrangeMedia():
            return arrange_media(command, product)
        case SetPrice():
            return set_price(command, product)
        case RemovePrice():
            return remove_price(command, product)
        case ReplacePrices():
            return replace_prices(command, product)
        case _:
            assert_never(command)


def register(command: RegisterProduct, state: State) -> list[ProductEvent]:
    match state:
        case Unregistered():
            return [_registration(command)]
        case Product() if _describes(command, state):
            return []
        case Product():
            raise ProductExists
        case _:
            assert_never(state)


def _registration(command: RegisterProduct) -> ProductRegistered:
    return ProductRegistered(
        sku=command.sku,
        name=command.name,
        description=command.description,
        brand=command.brand,
        category=command.category,
        tags=command.tags,
        attributes=command.attributes,
        media=command.media,
    )


def _describes(command: RegisterProduct, product: Product) -> bool:
    fields = ("sku", "name", "description", "brand", "category", "tags", "media")
    return all(
        getattr(command, field) == getattr(product, field) for field in fields
    ) and not _attributes_changed(command.attributes, product)


def rename(command: RenameProduct, product: Product) -> list[ProductEvent]:
    if command.name == product.name:
        return []
    return [ProductRenamed(name=command.name)]


def describe(command: DescribeProduct, product: Product) -> list[ProductEvent]:
    if command.description == product.description:
        return []
    return [ProductDescribed(description=command.description)]


def brand(command: BrandProduct, product: Product) -> list[ProductEvent]:
    if command.brand == product.brand:
        return []
    return [ProductBranded(brand=command.brand)]


def categorise(command: CategoriseProduct, product: Product) -> list[ProductEvent]:
    if command.category == product.category:
        return []
    return [ProductCategorised(category=command.category)]


def tag(command: TagProduct, product: Product) -> list[ProductEvent]:
    if command.tags == product.tags:
        return []
    return [ProductTagged(tags=command.tags)]


def arrange_media(command: ArrangeMedia, product: Product) -> list[ProductEvent]:
    if command.media == product.media:
        return []
    return [MediaArranged(media=command.media)]


def change_attributes(command: ChangeAttributes, product: Product) -> list[ProductEvent]:
    assigned = {
        name: value
        for name, value in command.assign.items()
        if name not in product.attributes or not _identical(value, product.attributes[name])
    }
    removed = tuple(name for name in command.remove if name in product.attributes)
    if not assigned and not removed:
        return []
    return [AttributesChanged(assigned=assigned, removed=removed)]


def replace_attributes(command: ReplaceAttributes, product: Product) -> list[ProductEvent]:
    return list(_attributes_changed(command.attributes, product))


def _attributes_changed(wanted: Attributes, product: Product) -> list[ProductEvent]:
    surplus = tuple(name for name in product.attributes if name not in wanted)
    return change_attributes(ChangeAttributes(assign=wanted, remove=surplus), product)


def _identical(one: AttributeValue, other: AttributeValue) -> bool:
    """Equal in type as well: Python takes True for 1."""
    match one, other:
        case tuple(), tuple():
            return len(one) == len(other) and all(map(_identical, one, other))
        case _:
            return type(one) is type(other) and one == other


def set_price(command: SetPrice, product: Product) -> list[ProductEvent]:
    if minor_digits(command.currency) is None:
        raise UnknownCurrency(currency=command.currency)
    if product.prices.get(command.currency) == command.amount:
        return []
    return [PriceSet(currency=command.currency, amount=command.amount)]


def remove_price(command: RemovePrice, product: Product) -> list[ProductEvent]:
    if command.currency not in product.prices:
        return []
    return [PriceRemoved(currency=command.currency)]


def replace_prices(command: ReplacePrices, product: Product) -> list[ProductEvent]:
    surplus = (currency for currency in product.prices if currency not in command.prices)
    gone: list[ProductEvent] = [PriceRemoved(currency=currency) for currency in surplus]
    for currency, amount in command.prices.items():
        gone += set_price(SetPrice(currency=currency, amount=amount), product)
    return gone


def publish(product: Product) -> list[ProductEvent]:
    match product.status:
        case "published":
            return []
        case "archived":
            raise InvalidTransition(product_status=product.status)
        case "draft" if missing := _missing(product):
            raise NotPublishable(missing=missing)
        case "draft":
            return [ProductPublished()]
        case _:
            assert_never(product.status)


def _missing(product: Product) -> list[str]:
    return [field for field in ("name", "prices") if not getattr(product, field)]


def unpublish(product: Product) -> list[ProductEvent]:
    match product.status:
        case "draft":
            return []
        case "archived":
            raise InvalidTransition(product_status=product.status)
        case "published":
            return [ProductUnpublished()]
        case _:
            assert_never(product.status)


def archive(command: ArchiveProduct, product: Product) -> list[ProductEvent]:
    if product.status == "archived":
        return []
    return [ProductArchived(reason=command.reason)]


def restore(product: Product) -> list[ProductEvent]:
    if product.status != "archived":
        return []
    return [ProductRestored(status=product.status_before_archive)]
