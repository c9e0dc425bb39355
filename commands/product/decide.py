"""What each command does to a product: pure functions from a command and a state to events.

Nothing to do means no events, so every command may be retried harmlessly.
"""

from typing import assert_never

from commands.errors import ProductExists, ProductIsArchived, UnknownProduct
from commands.product.changes import attributes_changed, change
from commands.product.messages import (
    ArchiveProduct,
    ProductCommand,
    PublishProduct,
    RegisterProduct,
    RestoreProduct,
    RetireProduct,
    RevertProduct,
    UnpublishProduct,
)
from commands.product.retire import retire
from commands.product.revert import revert
from commands.product.state import Product, State, Unregistered
from commands.product.transitions import transition
from events.product import ProductEvent, ProductRegistered


def decide(command: ProductCommand, state: State) -> list[ProductEvent]:
    match command, state:
        case RegisterProduct(), _:
            return register(command, state)
        case _, Unregistered():
            raise UnknownProduct
        case ((PublishProduct() | UnpublishProduct() | ArchiveProduct() | RestoreProduct()), _):
            return transition(command, state)
        case RevertProduct(), _:
            return revert(command, state)
        case RetireProduct(), _:
            return retire(command, state)
        case _, Product(status="archived"):
            raise ProductIsArchived
        case _, _:
            return change(command, state)


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
    ) and not attributes_changed(command.attributes, product)
