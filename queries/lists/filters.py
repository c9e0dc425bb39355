"""What a list of products can be narrowed by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

type Status = Literal["draft", "published", "archived", "any"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a product must be.

    `q` is words that all have to be there, the last one as the beginning of a word; `category`
    means the subtree; every tag and attribute has to be there; prices count minor units of
    `currency`; without a `status` archived products are left out.
    """

    q: str | None = None
    category: str | None = None
    status: Status | None = None
    brand: str | None = None
    tags: Sequence[str] = ()
    currency: str
    price_min: int | None = None
    price_max: int | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    """Values as the read document writes them, texts without quotes."""
    sku: str | None = None
    updated_since: datetime | None = None
    as_of: datetime | None = None
    """The moment of business time at which products were so; None means now."""
