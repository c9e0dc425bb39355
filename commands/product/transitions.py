"""A product's status: from draft to published and back, archived and restored."""

from typing import assert_never

from commands.errors import InvalidTransition, NotPublishable
from commands.product.messages import (
    ArchiveProduct,
    PublishProduct,
    RestoreProduct,
    Transition,
    UnpublishProduct,
)
from commands.product.state import Product
from events.product import (
    ProductArchived,
    ProductEvent,
    ProductPublished,
    ProductRestored,
    ProductUnpublished,
)


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
