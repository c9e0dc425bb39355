"""What a list of products can be narrowed by."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import msgspec
from sqlalchemy import ColumnElement, FromClause, and_, exists, literal, or_
from sqlalchemy.dialects.postgresql import JSONB

from projections.product_details import table as details
from projections.product_prices import table as prices
from projections.product_search import table as search

type Status = Literal["draft", "published", "archived", "any"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a product must be.

    `category` means the subtree; every tag and attribute has to be there; prices count minor units
    of `currency`; without a `status` archived products are left out.
    """

    category: str | None = None
    status: Status | None = None
    brand: str | None = None
    tags: Sequence[str] = ()
    currency: str
    price_min: int | None = None
    price_max: int | None = None
    attributes: dict[str, str] = field(default_factory=dict)
    sku: str | None = None
    updated_since: datetime | None = None


def conditions(filters: Filters) -> list[ColumnElement[bool]]:
    """One for each filter that is set; some bring the details of a product with them."""
    found = [_attribute(name, value) for name, value in filters.attributes.items()]
    if filters.status != "any":
        found.append(_status(filters.status))
    if filters.category is not None:
        found.append(_subtree(filters.category))
    if filters.brand is not None:
        found.append(search.c.brand == filters.brand)
    if filters.sku is not None:
        found.append(_detail(details.c.sku == filters.sku))
    if filters.updated_since is not None:
        found.append(_detail(details.c.updated_at >= filters.updated_since))
    if filters.tags:
        found.append(search.c.tags.contains(list(filters.tags)))
    if filters.price_min is not None or filters.price_max is not None:
        found.append(_priced(filters))
    return found


def _detail(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(same_product(details), condition)


def _status(status: Status | None) -> ColumnElement[bool]:
    return search.c.status != "archived" if status is None else search.c.status == status


def _subtree(category: str) -> ColumnElement[bool]:
    """From `category/` up to `category0`, the next character: a range of the index."""
    below = and_(search.c.category >= f"{category}/", search.c.category < f"{category}0")
    return or_(search.c.category == category, below)


def _priced(filters: Filters) -> ColumnElement[bool]:
    conditions = [same_product(prices), prices.c.currency == filters.currency]
    if filters.price_min is not None:
        conditions.append(prices.c.amount >= filters.price_min)
    if filters.price_max is not None:
        conditions.append(prices.c.amount <= filters.price_max)
    return exists().where(*conditions).correlate(search)


def _attribute(name: str, value: str) -> ColumnElement[bool]:
    """Equal to the value, or a list with it; `120` and `true` mean a number and a boolean too."""
    readings: list[object] = [value]
    with suppress(msgspec.MsgspecError):
        readings.append(msgspec.json.decode(value, type=float | bool))
    wanted = [{name: form} for reading in readings for form in (reading, [reading])]
    return or_(*(search.c.attributes.contains(literal(each, JSONB)) for each in wanted))


def same_product(other: FromClause) -> ColumnElement[bool]:
    return and_(
        other.c.catalog_id == search.c.catalog_id, other.c.product_id == search.c.product_id
    )
