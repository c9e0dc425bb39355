"""What a list is asked for is bound once, however often its statement has it."""

from dataclasses import replace

import pytest

from projections.projection import Catalog
from queries.lists.conditions import Arguments
from queries.lists.filters import Filters
from queries.lists.listing import Wanted, composed
from queries.lists.orders import Sort

MAIN = Catalog("main", "simple")
NAMES = [f"a{number}" for number in range(20)]
FACETS = ["category", "brand", "status", "tag", *(f"attr.{name}" for name in NAMES[:6])]
FILTERS = Filters(
    category="home/lamps",
    brand="Lux",
    tags=["new", "red"],
    currency="EUR",
    price_min=1,
    price_max=1,
    attributes=dict.fromkeys(NAMES, "x"),
)


def bound(filters: Filters, sort: Sort, *facets: str) -> Arguments:
    wanted = Wanted(catalog=MAIN, filters=filters, sort=sort, facets=facets)
    return composed(wanted, None, counting=True)[1]


@pytest.mark.parametrize("sort", ["name", "price"])
@pytest.mark.parametrize("q", [None, "lamp"])
def test_a_facet_binds_nothing_but_its_name(q: str | None, sort: Sort) -> None:
    filters = replace(FILTERS, q=q)
    alone, with_facets = bound(filters, sort), bound(filters, sort, *FACETS)
    assert sum('["x"]' in str(each) for each in with_facets) == len(NAMES)
    assert sum(each == "EUR" for each in with_facets) == 1
    of_attributes = sum(each.startswith("attr.") for each in FACETS)
    of_category_itself = 4
    assert len(with_facets) <= len(alone) + of_attributes + of_category_itself
