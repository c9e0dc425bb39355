"""What products can be asked for: the filters of lists and exports."""

import re
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from api.currencies import KnownCurrency
from api.parameters import IN_DIGITS, Moment
from commands.input import NO_NUL, Amount, Brand, Category, Sku, Tag
from queries.lists.filters import Filters, Status

ATTRIBUTE = r"attr\.[A-Za-z0-9][A-Za-z0-9_.-]{0,63}"
MOST_ATTRIBUTES = 20
WORDS = re.compile(r"[^\x00]*[^\W_][^\x00]*")
type Value = Annotated[str, StringConstraints(max_length=1000, pattern=NO_NUL)]
ATTRIBUTES = {
    "name": "attributes",
    "in": "query",
    "style": "form",
    "explode": True,
    "description": "`attr.<name>=<value>`, each an attribute that has to be there, its value as the"
    " product has it: `attr.color=red`, `attr.cores=8`",
    "schema": {
        "type": "object",
        "patternProperties": {
            f"^{ATTRIBUTE}$": {"type": "string", "maxLength": 1000, "pattern": NO_NUL}
        },
        "maxProperties": MOST_ATTRIBUTES,
    },
}
"""As OpenAPI has it: an object's members are parameters of their own."""


def _with_a_word(text: str) -> str:
    if not WORDS.fullmatch(text):
        raise ValueError("there is no letter and no digit in it")
    return text


type Words = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200),
    AfterValidator(_with_a_word),
    Field(json_schema_extra={"pattern": NO_NUL}),
]


class FilterParameters(BaseModel):
    __pydantic_extra__: dict[str, Value]
    """`attr.<name>`: see `ATTRIBUTES`. `ONLY_KNOWN` lets no others in."""

    model_config = ConfigDict(extra="allow", frozen=True)

    q: Annotated[
        Words | None,
        Field(
            description="Words that all have to be there, the last one may be unfinished: at least"
            " one letter or digit"
        ),
    ] = None
    category: Category | None = None
    status: Status | None = None
    brand: Brand | None = None
    tag: Annotated[
        list[Tag], Field(max_length=20, description="Repeated, all of them have to be there")
    ] = []
    currency: Annotated[
        KnownCurrency | None,
        Field(
            description="That of all prices here: of filters, order and facet. The catalog's own"
            " unless given; by itself it leaves nothing out"
        ),
    ] = None
    price_min: Annotated[
        Annotated[Amount, IN_DIGITS] | None, Field(description="In minor units, inclusive")
    ] = None
    price_max: Annotated[
        Annotated[Amount, IN_DIGITS] | None, Field(description="In minor units, inclusive")
    ] = None
    sku: Sku | None = None
    updated_since: Moment | None = None
    as_of: Annotated[
        Moment | None,
        Field(
            description="The catalog as it was at that moment of business time, under all that is"
            " asked for beside it; for auditors"
        ),
    ] = None

    @model_validator(mode="after")
    def _not_many_attributes(self) -> Self:
        if len(self._beside) > MOST_ATTRIBUTES:
            raise ValueError(f"at most {MOST_ATTRIBUTES} attributes are asked for at a time")
        return self

    @property
    def _beside(self) -> dict[str, str]:
        return self.model_extra or {}

    def filters(self, default_currency: str) -> Filters:
        """With prices in that currency, unless another is asked for."""
        return Filters(
            q=self.q,
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
            as_of=self.as_of,
        )
