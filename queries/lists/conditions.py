"""Filters as conditions of SQL on the read tables.

Their names are `s` (product_search), `d` (product_details) and `p` (product_prices, of the currency
that is asked for). Each has a product's status, category and brand.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from projections.projection import Catalog
from projections.words import sought
from queries.lists.filters import Filters

SEARCH, DETAILS, PRICES = "s", "d", "p"


class Arguments(list[object]):
    """What is bound to the parameters of a statement. Each has to occur in it."""

    def __init__(self) -> None:
        super().__init__()
        self._once: dict[tuple[str, Hashable], str] = {}

    def bound(self, value: object) -> str:
        """The parameter that stands for it."""
        self.append(value)
        return f"${len(self)}"

    def once(self, value: Hashable, of: str) -> str:
        """The same parameter, whenever the same is bound in the same place."""
        if (of, value) not in self._once:
            self._once[of, value] = self.bound(value)
        return self._once[of, value]


@dataclass(frozen=True, slots=True)
class Condition:
    filter: str
    """Its name, which is that of its facet where it has one."""
    table: str
    sql: str
    """With `{of}` for the table, and `{}` for each of `values`."""
    values: tuple[Hashable, ...] = ()
    everywhere: bool = False
    """Whether the other tables have the columns, too."""

    def on(self, table: str, arguments: Arguments) -> str:
        """Of that table, with its values bound."""
        return self.sql.format(*(arguments.once(each, self.sql) for each in self.values), of=table)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is asked for, bound to the parameters of one statement."""

    arguments: Arguments
    catalog: str
    filters: Filters
    query: str | None
    """The tsquery, where there is one."""
    conditions: Sequence[Condition]

    @property
    def currency(self) -> str:
        return self.arguments.once(self.filters.currency, "currency")

    @property
    def hides_archived(self) -> bool:
        return self.filters.status is None

    def filters_by(self, name: str) -> bool:
        hidden = name == "status" and self.hides_archived
        return hidden or any(each.filter == name for each in self.conditions)


def ask(filters: Filters, catalog: Catalog) -> Asked:
    arguments = Arguments()
    key = arguments.bound(catalog.key)
    query = None
    if filters.q is not None:
        bound = map(arguments.bound, (catalog.language, *sought(filters.q)))
        query = f"projections.query({', '.join(bound)})"
    conditions = [
        *_searched(key, query, filters),
        *_of_attributes(catalog.key, filters),
        *_of_filters(filters),
    ]
    return Asked(arguments, key, filters, query, conditions)


def _searched(catalog: str, query: str | None, filters: Filters) -> Iterator[Condition]:
    """With the catalog's own lexeme: an inverted index knows no other way to stay within it."""
    if query:
        within = f"{{of}}.words @@ (projections.catalog_lexeme({catalog}) && {query})"
        yield Condition("q", SEARCH, f"{within} and numnode({query}) > 0")
    elif filters.tags:
        yield Condition("catalog", SEARCH, f"{{of}}.words @@ projections.catalog_lexeme({catalog})")


def _of_attributes(catalog: str, filters: Filters) -> Iterator[Condition]:
    for name, value in filters.attributes.items():
        wanted = msgspec.json.encode({catalog: {name: [value]}}).decode()
        yield Condition(f"attr.{name}", SEARCH, "{of}.attributes @> {}", (wanted,))


def _of_filters(filters: Filters) -> Iterator[Condition]:
    if filters.status not in {None, "any"}:
        yield Condition("status", SEARCH, "{of}.status = {}", (filters.status,), everywhere=True)
    if filters.category is not None:
        yield _subtree(filters.category)
    if filters.brand is not None:
        yield Condition("brand", SEARCH, "{of}.brand = {}", (filters.brand,), everywhere=True)
    if filters.tags:
        yield Condition("tag", SEARCH, "{of}.tags @> {}", (tuple(filters.tags),))
    if filters.sku is not None:
        yield Condition("sku", DETAILS, "{of}.sku = {}", (filters.sku,))
    if filters.updated_since is not None:
        yield Condition("updated_since", DETAILS, "{of}.updated_at >= {}", (filters.updated_since,))
    if filters.price_min is not None:
        yield Condition("price", PRICES, "{of}.amount >= {}", (filters.price_min,))
    if filters.price_max is not None:
        yield Condition("price", PRICES, "{of}.amount <= {}", (filters.price_max,))


def _subtree(category: str) -> Condition:
    """One range of the index, without what only begins like it, as `category-x`."""
    return Condition(
        "category",
        SEARCH,
        "{of}.category >= {} and {of}.category < {}"
        " and ({of}.category = {} or {of}.category >= {})",
        (category, f"{category}0", category, f"{category}/"),
        everywhere=True,
    )


def parts(category: str) -> tuple[Condition, Condition]:
    """The category itself, and what lies below it, up to the character after `/`: ranges."""
    itself = Condition("category", SEARCH, "{of}.category = {}", (category,))
    lower = (f"{category}/", f"{category}0")
    return itself, Condition(
        "category", SEARCH, "{of}.category >= {} and {of}.category < {}", lower
    )
