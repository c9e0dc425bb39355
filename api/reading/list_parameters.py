"""The parameters of a list of products."""

import re
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from api.currencies import KnownCurrency
from api.parameters import IN_DIGITS, Moment, PageCursor, PageLimit
from commands.input import NO_NUL, Amount, Brand, Category, Sku, Tag
from events.catalogs import CatalogDescription
from projections.projection import Catalog
from queries.lists.filters import Filters, Status
from queries.lists.listing import Wanted
from queries.lists.orders import Sort

ATTRIBUTE = r"attr\.[A-Za-z0-9][A-Za-z0-9_.-]{0,63}"
MOST_ATTRIBUTES = 20
WORDS = re.compile(r"[^\x00]*[^\W_][^\x00]*")
FACET = rf"^(category|brand|status|tag|price|{ATTRIBUTE})$"
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


def _apart(given: object) -> object:
    """`facets=a,b` and `facets=a&facets=b` are the same."""
    if not isinstance(given, list):
        return given
    return [name for each in given for name in str(each).split(",")]


def _facet(name: str) -> str:
    if not re.fullmatch(FACET, name):
        raise ValueError("it is one of category, brand, status, tag, price, or attr.<name>")
    return name


def _once(names: list[str]) -> list[str]:
    return list(dict.fromkeys(names))


# No `type`: behind its name FastAPI would not see a list, and take the last value alone.
Facets = Annotated[
    list[Annotated[str, AfterValidator(_facet), Field(json_schema_extra={"pattern": FACET})]],
    Field(
        max_length=10,
        description="`category`, `brand`, `status`, `tag`, `price` and `attr.<name>`, repeated or"
        " with commas between them",
    ),
    BeforeValidator(_apart),
    AfterValidator(_once),
]


class ListParameters(BaseModel):
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
    sort: Annotated[
        Sort | None,
        Field(
            description="Unless given, `relevance` where there is `q`, else `name`. Without `q`"
            " there is no `relevance` (422). By price, products without one come last, whichever"
            " way"
        ),
    ] = None
    facets: Facets = []
    limit: PageLimit = 50
    cursor: PageCursor | None = None

    @model_validator(mode="after")
    def _not_many_attributes(self) -> Self:
        if len(self._beside) > MOST_ATTRIBUTES:
            raise ValueError(f"at most {MOST_ATTRIBUTES} attributes are asked for at a time")
        return self

    @field_validator("sort")
    @classmethod
    def _relevant_to_words(cls, sort: Sort | None, others: ValidationInfo) -> Sort | None:
        if sort == "relevance" and others.data.get("q", "") is None:
            raise ValueError("`relevance` is an order of what is searched by `q`")
        return sort

    @property
    def _beside(self) -> dict[str, str]:
        return self.model_extra or {}

    def wanted(self, catalog: CatalogDescription) -> Wanted:
        return Wanted(
            catalog=Catalog(catalog.key, catalog.language),
            filters=self._filters(catalog.default_currency),
            sort=self.sort or ("name" if self.q is None else "relevance"),
            limit=self.limit,
            facets=self.facets,
        )

    def _filters(self, default_currency: str) -> Filters:
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
