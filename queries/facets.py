"""What a list can be narrowed by further: values, and how many products each would leave.

A facet counts under all filters but its own, as if each value were asked for in their place.
"""

from dataclasses import dataclass

from events.database import statement
from projections.product_search import attribute
from queries.conditions import PRICES, SEARCH, Asked
from queries.sources import matching

LONGEST = 100
"""Values of a facet."""
ATTRIBUTE = "attr."
BOUNDS = [0, *(digit * 10**zeros for zeros in range(16) for digit in (1, 2, 5)), 10**16]
"""Where ranges of prices begin, in minor units."""

_VALUES = statement(__package__, "sql/count_values.sql")
_CATEGORIES = statement(__package__, "sql/count_categories.sql")
_ELEMENTS = statement(__package__, "sql/count_elements.sql")
_ATTRIBUTE_VALUES = statement(__package__, "sql/count_attribute_values.sql")
_PRICE_RANGES = statement(__package__, "sql/count_price_ranges.sql")
_MOST_FREQUENT = statement(__package__, "sql/most_frequent.sql")


@dataclass(frozen=True, slots=True)
class Facet:
    table: str
    column: str
    counts: str

    @property
    def selected(self) -> str:
        return f"{self.table}.{self.column}"


FACETS = {
    "category": Facet(SEARCH, "category", _CATEGORIES),
    "brand": Facet(SEARCH, "brand", _VALUES),
    "status": Facet(SEARCH, "status", _VALUES),
    "tag": Facet(SEARCH, "tags", _ELEMENTS),
    "price": Facet(PRICES, "amount", _PRICE_RANGES),
}
_OF_ATTRIBUTES = Facet(SEARCH, "attributes", _ATTRIBUTE_VALUES)


def facet(name: str) -> Facet:
    return _OF_ATTRIBUTES if name.startswith(ATTRIBUTE) else FACETS[name]


def counted(asked: Asked, name: str, *, found: bool) -> str:
    """JSON of the most frequent values, out of `found` where that has what the facet counts."""
    of = facet(name)
    if found and not asked.filters_by(name):
        source = "found"
    else:
        source = f"({matching(asked, of.selected, [of.table], without=name)}) matching"
    counts = of.counts.format(
        source=source,
        column=of.column,
        prefix=_prefix(asked, name),
        bounds=_bounds(asked, name),
    )
    return _MOST_FREQUENT.format(counts=counts, longest=LONGEST)


def _prefix(asked: Asked, name: str) -> str:
    if not name.startswith(ATTRIBUTE):
        return ""
    return f"{asked.arguments.bound(attribute(name.removeprefix(ATTRIBUTE), ''))}::text"


def _bounds(asked: Asked, name: str) -> str:
    return f"({asked.arguments.bound(BOUNDS)}::bigint[])" if name == "price" else ""
