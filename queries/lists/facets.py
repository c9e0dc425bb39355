"""What a list can be narrowed by further: values, and how many products each would leave.

A facet counts under all filters but its own, as if each value were asked for in their place.
"""

from dataclasses import dataclass

from events.database import statement
from queries.lists.conditions import PRICES, SEARCH, Asked
from queries.lists.sources import matching

LONGEST = 100
"""Values of a facet."""
ATTRIBUTE = "attr."
BOUNDS = [0, *(digit * 10**zeros for zeros in range(16) for digit in (1, 2, 5)), 10**16]
"""Where ranges of prices begin, in minor units."""

_VALUES = statement(__package__, "sql/count_values.sql")
_CATEGORIES = statement(__package__, "sql/count_categories.sql")
_TAGS = statement(__package__, "sql/count_tags.sql")
_ATTRIBUTE_VALUES = statement(__package__, "sql/count_attribute_values.sql")
_PRICE_RANGES = statement(__package__, "sql/count_price_ranges.sql")
_MOST_FREQUENT = statement(__package__, "sql/most_frequent.sql")


@dataclass(frozen=True, slots=True)
class Facet:
    name: str
    table: str
    counted: str
    """What is counted of a row, in SQL."""
    counts: str
    """From rows with `counted` to values and their counts."""


def facet(asked: Asked, name: str) -> Facet:
    match name:
        case "category":
            return Facet(name, SEARCH, "s.category", _CATEGORIES)
        case "brand" | "status":
            return Facet(name, SEARCH, f"s.{name}", _VALUES)
        case "tag":
            return Facet(name, SEARCH, "s.tags", _TAGS)
        case "price":
            bounds = f"{asked.arguments.bound(BOUNDS)}::bigint[]"
            return Facet(name, PRICES, "p.amount", _PRICE_RANGES.replace(":bounds", bounds))
        case _:
            attribute = asked.arguments.bound(name.removeprefix(ATTRIBUTE))
            values = f"s.attributes -> {asked.catalog} -> {attribute}::text"
            return Facet(name, SEARCH, values, _ATTRIBUTE_VALUES)


def most_frequent(asked: Asked, facet: Facet, *, found: str | None) -> str:
    """JSON of its most frequent values, out of the column of `found` where that has them."""
    if found:
        source = f"select {found} as counted from found"
    else:
        columns = f"{facet.counted} as counted"
        source = matching(asked, columns, [facet.table], without=facet.name)
    counts = facet.counts.format(source=source)
    return _MOST_FREQUENT.format(counts=counts, longest=LONGEST)
