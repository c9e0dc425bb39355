"""A product as a feed tells of it."""

from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from commands.input import PRICES, Money, WholeProduct

UNREAD = frozenset({"id", "version", "created_at", "updated_at", "parked", "parked_before"})
"""What the read side says of a product, and nobody can ask for."""


def is_unread(name: str) -> bool:
    """Whether a member or column of a row is passed over."""
    return name in UNREAD or name.startswith("_")


def _unread(name: str) -> str:
    if is_unread(name):
        return name
    raise PydanticCustomError("extra_forbidden", "Extra inputs are not permitted")


class Price(Money):
    """As the read side writes it; what counts is the amount."""

    decimal: object = None


class FeedProduct(WholeProduct):
    """A row of a feed."""

    model_config = ConfigDict(extra="allow")

    __pydantic_extra__: dict[Annotated[str, AfterValidator(_unread)], Any]

    prices: Annotated[list[Price], Field(max_length=PRICES)] = Field(default_factory=list)


class PickedProduct(FeedProduct):
    """A row whose columns name single prices or attributes: it says nothing of any other.

    Those whose cells are empty are taken away. None where `prices`, respectively `attributes`, are
    all that there are.
    """

    emptied_prices: list[str] | None = None
    emptied_attributes: list[str] | None = None
