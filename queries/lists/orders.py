"""The orders of a list. Each ends with the product's id, so that there is only one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from queries.lists.conditions import DETAILS, PRICES, SEARCH, Arguments

type Sort = Literal["relevance", "name", "price", "-price", "updated_at", "-updated_at", "sku"]


class Place(msgspec.Struct, frozen=True):
    """Of a product in a list: what it is sorted by, None where it has no price, and its id."""

    key: str | float | None
    id: UUID


@dataclass(frozen=True, slots=True)
class Order:
    table: str
    column: str
    way: Literal["asc", "desc"] = "asc"

    @property
    def may_lack(self) -> bool:
        """Whether products may be without it: they come last, whichever way the others go."""
        return self.table == PRICES

    def beyond(self, after: Place, key: str, product: str, arguments: Arguments) -> str:
        """The condition that a product, which has a key, comes after a place that has one."""
        than = ">" if self.way == "asc" else "<"
        there = f"{arguments.bound(_typed(self, after.key))}, {arguments.bound(after.id)}"
        return f"({key}, {product}) {than} ({there})"

    def beyond_id(self, after: Place, product: str, arguments: Arguments) -> str:
        """The condition that a product comes after a place, while neither has a key."""
        than = ">" if self.way == "asc" else "<"
        return f"{product} {than} {arguments.bound(after.id)}"


ORDERS: dict[Sort, Order] = {
    "relevance": Order(SEARCH, "", "desc"),
    "name": Order(SEARCH, "s.name"),
    "sku": Order(DETAILS, "d.sku"),
    "updated_at": Order(DETAILS, "d.updated_at"),
    "-updated_at": Order(DETAILS, "d.updated_at", "desc"),
    "price": Order(PRICES, "p.amount"),
    "-price": Order(PRICES, "p.amount", "desc"),
}


def _typed(order: Order, key: str | float | None) -> object:
    if isinstance(key, str) and order.column == "d.updated_at":
        return datetime.fromisoformat(key)
    return key
