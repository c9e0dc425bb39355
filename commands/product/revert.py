"""The way back to what a product was: events that each could have been asked for."""

from collections.abc import Iterable
from functools import reduce

from commands.product.changes import (
    arrange_media,
    brand,
    categorise,
    describe,
    rename,
    replace_attributes,
    replace_prices,
    set_price,
    tag,
)
from commands.product.messages import (
    ArchiveProduct,
    ArrangeMedia,
    BrandProduct,
    CategoriseProduct,
    DescribeProduct,
    RenameProduct,
    ReplaceAttributes,
    ReplacePrices,
    RevertProduct,
    SetPrice,
    TagProduct,
)
from commands.product.state import Product, changed
from commands.product.transitions import archive, publish, restore, unpublish
from events.product import ProductEvent


def revert(command: RevertProduct, product: Product) -> list[ProductEvent]:
    """An archived product is opened first; what was archived is archived again, for its reason.

    Publishing needs a name and a price: what the product had is given before, what it had not is
    taken away after. Where it lacks them now as then, `NotPublishable` is raised.
    """
    to = command.to
    opening = restore(product)
    opened = _after(product, opening)
    giving = _giving(to, opened)
    given = _after(opened, giving)
    turning = publish(given) if _was_published(to) else unpublish(given)
    changes = [*giving, *turning, *_taking(to, given)]
    back = [*opening, *changes, *_closing(to, opened)]
    return back if changes or _after(product, back) != product else []


def _giving(to: Product, product: Product) -> list[ProductEvent]:
    return [
        *(rename(RenameProduct(name=to.name), product) if to.name else ()),
        *describe(DescribeProduct(description=to.description), product),
        *brand(BrandProduct(brand=to.brand), product),
        *categorise(CategoriseProduct(category=to.category), product),
        *tag(TagProduct(tags=to.tags), product),
        *replace_attributes(ReplaceAttributes(attributes=to.attributes), product),
        *arrange_media(ArrangeMedia(media=to.media), product),
        *(
            event
            for currency, amount in to.prices.items()
            for event in set_price(SetPrice(currency=currency, amount=amount), product)
        ),
    ]


def _taking(to: Product, product: Product) -> list[ProductEvent]:
    return [
        *rename(RenameProduct(name=to.name), product),
        *replace_prices(ReplacePrices(prices=to.prices), product),
    ]


def _closing(to: Product, opened: Product) -> list[ProductEvent]:
    if to.status != "archived":
        return []
    return archive(ArchiveProduct(reason=to.archive_reason), opened)


def _was_published(product: Product) -> bool:
    """Now, or when it was archived."""
    return "published" in {product.status, product.status_before_archive}


def _after(product: Product, events: Iterable[ProductEvent]) -> Product:
    return reduce(changed, events, product)
