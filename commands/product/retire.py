"""An archived product that is told of: nothing about it may differ from what it was."""

from commands.errors import ProductIsArchived
from commands.product.changes import change
from commands.product.messages import ArchiveProduct, RetireProduct
from commands.product.state import Product
from commands.product.transitions import archive
from events.product import ProductEvent


def retire(command: RetireProduct, product: Product) -> list[ProductEvent]:
    """Each change is of another field, so that none sees what came before it.

    Raises `ProductIsArchived` where one that is archived already would change.
    """
    changes = [event for each in command.changes for event in change(each, product)]
    if changes and product.status == "archived":
        raise ProductIsArchived
    return [*changes, *archive(ArchiveProduct(), product)]
