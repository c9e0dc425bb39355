"""The parameters of a list of products."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)

from api.currencies import KnownCurrency
from api.parameters import IN_DIGITS, PageCursor, PageLimit
from commands.input import NO_NUL, Amount, Brand, Category, Sku, Tag
from queries.filters import Filters, Status
from queries.products import Sort

ATTRIBUTE = re.compile(r"attr\.([A-Za-z0-9][A-Za-z0-9_.-]{0,63})")
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
VALUE = re.compile(NO_NUL.replace("*", "{0,1000}"))


def _moment(text: str) -> datetime:
    if not RFC_3339.fullmatch(text):
        raise ValueError("a moment is written as RFC 3339 has it: 2024-05-01T12:00:00Z")
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except OverflowError as error:
        raise ValueError("this moment is out of range in UTC") from error


type Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


class ListParameters(BaseModel):
    """Beside these, `attr.<name>=<value>` asks for an attribute."""

    model_config = ConfigDict(extra="allow", frozen=True)

    category: Category | None = None
    status: Status | None = None
    brand: Brand | None = None
    tag: Annotated[list[Tag], Field(max_length=20)] = []
    currency: KnownCurrency | None = None
    price_min: Annotated[Amount, IN_DIGITS] | None = None
    price_max: Annotated[Amount, IN_DIGITS] | None = None
    sku: Sku | None = None
    updated_since: Moment | None = None
    sort: Sort = "name"
    limit: PageLimit = 50
    cursor: PageCursor | None = None

    @model_validator(mode="after")
    def _only_attributes_beside(self) -> Self:
        for name, value in self._beside.items():
            if not ATTRIBUTE.fullmatch(name):
                raise ValueError(f"there is no parameter {name!r}")
            if not isinstance(value, str) or not VALUE.fullmatch(value):
                raise ValueError(f"{name!r} takes one value of at most 1000 characters")
        return self

    @property
    def _beside(self) -> dict[str, Any]:
        return self.model_extra or {}

    def filters(self, default_currency: str) -> Filters:
        return Filters(
            category=self.category,
            status=self.status,
            brand=self.brand,
            tags=self.tag,
            currency=self.currency or default_currency,
            price_min=self.price_min,
            price_max=self.price_max,
            attributes={name.removeprefix("attr."): v for name, v in self._beside.items()},
            sku=self.sku,
            updated_since=self.updated_since,
        )
