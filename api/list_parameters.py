"""The parameters of a list of products."""

import re
from typing import Annotated, Any, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from commands.input import NO_NUL, Amount, Brand, Category, CurrencyCode, Sku, Tag
from queries.filters import Filters, Status
from queries.products import Sort

ATTRIBUTE = re.compile(r"attr\.([A-Za-z0-9][A-Za-z0-9_.-]{0,63})")
VALUE = re.compile(NO_NUL.replace("*", "{0,1000}"))


class ListParameters(BaseModel):
    """Beside these, `attr.<name>=<value>` asks for an attribute."""

    model_config = ConfigDict(extra="allow", frozen=True)

    category: Category | None = None
    status: Status | None = None
    brand: Brand | None = None
    tag: Annotated[list[Tag], Field(max_length=20)] = []
    currency: CurrencyCode | None = None
    price_min: Amount | None = None
    price_max: Amount | None = None
    sku: Sku | None = None
    updated_since: AwareDatetime | None = None
    sort: Sort = "name"
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,2000}$")] | None = None

    @model_validator(mode="after")
    def _only_attributes_beside(self) -> Self:
        for name, value in self._beside.items():
            if not ATTRIBUTE.fullmatch(name):
                message = f"there is no parameter {name!r}"
                raise ValueError(message)
            if not isinstance(value, str) or not VALUE.fullmatch(value):
                message = f"{name!r} takes one value of at most 1000 characters"
                raise ValueError(message)
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
