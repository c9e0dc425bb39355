"""What a product has for itself alone within its catalog."""

from events.append import Claim
from events.product import ProductEvent, ProductRegistered

SKU = "sku"


def claims_of(event: ProductEvent) -> list[Claim]:
    """The claims that are taken together with the event."""
    return [Claim(kind=SKU, value=event.sku)] if isinstance(event, ProductRegistered) else []
