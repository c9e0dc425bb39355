"""A list as one statement, so that its page, total and facets are of one moment."""

from collections.abc import Sequence
from dataclasses import dataclass

from events.database import statement
from projections.projection import Catalog
from queries.conditions import SEARCH, Arguments, Asked, asked
from queries.facets import counted, facet
from queries.filters import Filters
from queries.orders import ORDERS, Order, Place, Sort
from queries.pages import picked, walked
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


def composed(wanted: Wanted, after: Place | None) -> tuple[str, Arguments]:
    """A statement of one row: position, total, documents, products, keys, and each facet.

    One product more than the page has, and one more than totals count, tells that there are more.

    What words find is ranked and counted in several ways, so it is found once; everything else is
    quicker by the indexes that suit each part.
    """
    of = asked(wanted.filters, wanted.catalog)
    order = ORDERS[wanted.sort]
    once = bool(of.query and (wanted.facets or wanted.sort == "relevance"))
    if once:
        walk = picked(of, order, after, wanted.limit + 1)
        total = "select count(*) from found"
    else:
        walk = walked(of, order, after, wanted.limit + 1)
        total = f"select count(*) from ({matching(of, '')} limit {COUNTED + 1}) counted"
    facets = [counted(of, name, found=once) for name in wanted.facets]
    text = _LIST.format(
        found=f"found as materialized ({_found(of, order, wanted)}), " if once else "",
        walked=walk,
        way=order.way,
        catalog=of.catalog,
        total=total,
        facets=", ".join(facets),
    )
    return text, of.arguments


def _found(of: Asked, order: Order, wanted: Wanted) -> str:
    """With a key of the order, and the columns that facets count."""
    key = f"ts_rank(s.words, {of.query})" if wanted.sort == "relevance" else order.column
    shared = [facet(name) for name in wanted.facets if not of.filters_by(name)]
    columns = dict.fromkeys(["s.product_id", f"{key} as key", *(each.selected for each in shared)])
    tables = dict.fromkeys([SEARCH, order.table, *(each.table for each in shared)])
    return matching(of, ", ".join(columns), [*tables], priced=False)
