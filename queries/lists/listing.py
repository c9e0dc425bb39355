"""A list as one statement, so that its page, total and facets are of one moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from events.database import statement
from projections.projection import Catalog
from queries.lists.conditions import DETAILS, SEARCH, Arguments, Asked, ask
from queries.lists.facets import Facet, facet, most_frequent
from queries.lists.filters import Filters
from queries.lists.orders import ORDERS, Place, Sort
from queries.lists.pages import everything, picked, walked
from queries.lists.sources import matching, rows, then

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
    asked = ask(wanted.filters, wanted.catalog)
    order = ORDERS[wanted.sort]
    facets = [facet(asked, name) for name in wanted.facets]
    once = bool(asked.query and (facets or wanted.sort == "relevance"))
    if once:
        walk = picked(asked, order, after, wanted.limit + 1)
    else:
        walk = walked(asked, order, after, wanted.limit + 1)
    shared = _shared(asked, facets) if once else {}
    text = _LIST.format(
        found=f"found as materialized ({_found(asked, wanted.sort, shared)}), " if once else "",
        walked=walk,
        way=order.way,
        details=rows(asked, DETAILS),
        shown=" and ".join([f"d.catalog_id = {asked.catalog}", *then(asked, DETAILS)]),
        total=_total(asked, once=once) if counting else "null",
        facets=", ".join(most_frequent(asked, each, found=shared.get(each)) for each in facets),
    )
    return text, asked.arguments


def _total(asked: Asked, *, once: bool) -> str:
    counted = "found" if once else f"({everything(asked)} limit {COUNTED + 1}) counted"
    return f"select count(*) from {counted}"


def _shared(asked: Asked, facets: Sequence[Facet]) -> dict[Facet, str]:
    """Columns for those that count exactly what is found, without a filter of their own."""
    counted = (each for each in facets if not asked.filters_by(each.name))
    return {each: f"counted_{number}" for number, each in enumerate(counted)}


def _found(asked: Asked, sort: Sort, shared: Mapping[Facet, str]) -> str:
    key = f"ts_rank(s.words, {asked.query})" if sort == "relevance" else ORDERS[sort].column
    columns = ", ".join(f"{each.counted} as {column}" for each, column in shared.items())
    tables = dict.fromkeys([SEARCH, ORDERS[sort].table, *(each.table for each in shared)])
    selected = f"s.product_id, {key} as key{', ' if columns else ''}{columns}"
    return matching(asked, selected, [*tables], priced=False)
