"""The parameters of a list of products."""

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator

from api.parameters import PageCursor, PageLimit
from api.reading.filter_parameters import ATTRIBUTE, FilterParameters
from events.catalogs import CatalogDescription
from projections.projection import Catalog
from queries.lists.listing import Wanted
from queries.lists.orders import Sort

FACET = rf"^(category|brand|status|tag|price|{ATTRIBUTE})$"


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


class ListParameters(FilterParameters):
    sort: Annotated[
        Sort | None,
        Field(
            description="Unless given, `relevance` where there is `q`, else `name`. Without `q`"
            " there is no `relevance` (422). By price, products without one come last, whichever"
            " way"
        ),
    ] = None
    facets: Facets = []  # noqa: RUF012 -- pydantic copies it
    limit: PageLimit = 50
    cursor: PageCursor | None = None

    @field_validator("sort")
    @classmethod
    def _relevant_to_words(cls, sort: Sort | None, others: ValidationInfo) -> Sort | None:
        if sort == "relevance" and others.data.get("q", "") is None:
            raise ValueError("`relevance` is an order of what is searched by `q`")
        return sort

    def wanted(self, catalog: CatalogDescription) -> Wanted:
        return Wanted(
            catalog=Catalog(catalog.key, catalog.language),
            filters=self.filters(catalog.default_currency),
            sort=self.sort or ("name" if self.q is None else "relevance"),
            limit=self.limit,
            facets=self.facets,
        )
