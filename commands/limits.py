"""What events may say: no more than could have been asked for."""

from typing import Annotated

import msgspec
from pydantic import AfterValidator, Field, ValidationError

from commands.errors import UnknownCurrency
from commands.faults import faults
from commands.input import (
    Amount,
    AttributeName,
    AttributeValue,
    CurrencyCode,
    ProductPatch,
    Reason,
    Sku,
)
from events.money import minor_digits
from events.product import ProductEvent, Unarchived


def _known(currency: str) -> str:
    if minor_digits(currency) is None:
        raise ValueError(UnknownCurrency.__doc__)
    return currency


class Said(ProductPatch):
    """The fields of all events, each within the limits of what comes in."""

    sku: Sku = Field(default_factory=str)
    assigned: dict[AttributeName, AttributeValue] = Field(default_factory=dict)
    removed: list[AttributeName] = Field(default_factory=list)
    currency: Annotated[CurrencyCode, AfterValidator(_known)] = Field(default_factory=str)
    amount: Amount = 0
    reason: Reason | None = None
    status: Unarchived = "draft"


def beyond_limits(event: ProductEvent) -> str | None:
    """In which fields, and why; None for an event that commands can lead to."""
    said = msgspec.json.encode(event)
    try:
        Said.model_validate_json(said)
    except ValidationError as error:
        found = faults(error.errors(), msgspec.json.decode(said))
        return "; ".join(f"{fault['pointer']} {fault['message']}" for fault in found)
    return None
