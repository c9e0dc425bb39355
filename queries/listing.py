"""A list as one statement, so that its page, total and facets are of one moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from events.database import statement
from projections.projection import Catalog
from queries.conditions import SEARCH, Arguments, Asked, asked
from queries.facets import Facet, facet, most_frequent
from queries.filters import Filters
from queries.orders import ORDERS, Place, Sort
from queries.pages import everything, picked, walked
from queries.sources import matching

_LIST = statement(__package__, "sql/list_products.sql")


COUNTED = 10_000
"""Totals are exact up to here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    catalog: Catalog
    filters: Filters
    sort: Sort = "name"
    """`relevance` is an order of what is searched by words alone."""
    limit: int = 50
    facets: Sequence[str] = ()


def composed(wanted: Wanted, after: Place | None, *, counting: bool) -> tuple[str, Arguments]:
    """A statement of one row: total, documents, products, keys, and each facet.

    One product more than the page has, and one more than totals count, tells that there are more.
    There is no total unless `counting`.

    What words find is ranked and counted in several ways, so it is found once; everything else is
    quicker by the indexes that suit each part.
    """
    of = asked(wanted.filters, wanted.catalog)
    order = ORDERS[wanted.sort]
    facets = [facet(of, name) for name in wanted.facets]
    once = bool(of.query and (facets or wanted.sort == "relevance"))
    if once:
        walk = picked(of, order, after, wanted.limit + 1)
    else:
        walk = walked(of, order, after, wanted.limit + 1)
    shared = _shared(of, facets) if once else {}
    text = _LIST.format(
        found=f"found as materialized ({_found(of, wanted.sort, shared)}), " if once else "",
        walked=walk,
        way=order.way,
        catalog=of.catalog,
        total=_total(of, once=once) if counting else "null",
        facets=", ".join(most_frequent(of, each, found=shared.get(each)) for each in facets),
    )
    return text, of.arguments


def _total(of: Asked, *, once: bool) -> str:
    counted = "found" if once else f"({everything(of)} limit {COUNTED + 1}) counted"
    return f"select count(*) from {counted}"


def _shared(of: Asked, facets: Sequence[Facet]) -> dict[Facet, str]:
    """Columns for those that count exactly what is found, without a filter of their own."""
    counted = (each for each in facets if not of.filters_by(each.name))
    return {each: f"counted_{number}" for number, each in enumerate(counted)}


def _found(of: Asked, sort: Sort, shared: Mapping[Facet, str]) -> str:
    key = f"ts_rank(s.words, {of.query})" if sort == "relevance" else ORDERS[sort].column
    columns = ", ".join(f"{each.counted} as {column}" for each, column in shared.items())
    tables = dict.fromkeys([SEARCH, ORDERS[sort].table, *(each.table for each in shared)])
    selected = f"s.product_id, {key} as key{', ' if columns else ''}{columns}"
    return matching(of, selected, [*tables], priced=False)
