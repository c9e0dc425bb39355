"""What changes of a product beside its status: each field as it is asked for."""

from typing import assert_never

from commands.errors import UnknownCurrency
from commands.product.messages import (
    ArrangeMedia,
    BrandProduct,
    CategoriseProduct,
    Change,
    ChangeAttributes,
    DescribeProduct,
    RemovePrice,
    RenameProduct,
    ReplaceAttributes,
    ReplacePrices,
    SetPrice,
    TagProduct,
)
from commands.product.state import Product
from events.money import minor_digits
from events.product import (
    Attributes,
    AttributesChanged,
    AttributeValue,
    MediaArranged,
    PriceRemoved,
    PriceSet,
    ProductBranded,
    ProductCategorised,
    ProductDescribed,
    ProductEvent,
    ProductRenamed,
    ProductTagged,
)


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
    return list(attributes_changed(command.attributes, product))


def attributes_changed(wanted: Attributes, product: Product) -> list[ProductEvent]:
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
