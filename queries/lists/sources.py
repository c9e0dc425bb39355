"""Which rows of the read tables a list is made from."""

from collections.abc import Sequence

from projections import product_details, product_prices, product_search
from projections.past import EVER
from queries.lists.conditions import DETAILS, PRICES, SEARCH, Asked

_MODELS = {
    SEARCH: product_search.model,
    DETAILS: product_details.model,
    PRICES: product_prices.model,
}


_NOW = {name: f"read.{model.table.name} {name}" for name, model in _MODELS.items()}
_EVER = {name: f"read.{EVER}{model.table.name} {name}" for name, model in _MODELS.items()}


def rows(asked: Asked, table: str) -> str:
    """Those among which are the ones that are asked for, under the table's name."""
    return _NOW[table] if asked.filters.as_of is None else _EVER[table]


def then(asked: Asked, table: str) -> list[str]:
    """The condition that they held at the moment that is asked for."""
    if asked.filters.as_of is None:
        return []
    moment = asked.arguments.once(asked.filters.as_of, "as_of")
    return [f"{table}.since <= {moment} and {table}.until > {moment}"]


def matching(
    asked: Asked,
    columns: str,
    tables: Sequence[str] = (),
    *,
    without: str | None = None,
    where: Sequence[str] = (),
    priced: bool = True,
) -> str:
    """A select of the products that are asked for, from `tables` and those of the filters.

    What several tables can tell is asked of the first one, too, whose index may have it. `without`
    names a filter that is left out. Where no filter asks for a price and `priced` is
    False, products that have none are there too, with nulls.
    """
    kept = [each for each in asked.conditions if each.filter != without]
    filtered = {each.table for each in kept}
    first, *others = dict.fromkeys((*tables, *sorted(filtered, reverse=True))) or [SEARCH]
    conditions = [
        *_of_first(asked, first, without),
        *(each.on(each.table, asked.arguments) for each in kept),
        *where,
    ]
    if first != SEARCH:
        conditions += [each.on(first, asked.arguments) for each in kept if each.everywhere]
    joins = []
    for each in others:
        optional = each == PRICES and not priced and PRICES not in filtered
        joins.append(_joined(asked, each, first, "left join" if optional else "join"))
    return " ".join(
        [f"select {columns} from {rows(asked, first)}", *joins, "where", " and ".join(conditions)]
    )


def unpriced(asked: Asked) -> str:
    """The condition that a product has no price."""
    same = f"p.catalog_id = {asked.catalog} and p.product_id = s.product_id"
    conditions = [same, f"p.currency = {asked.currency}", *then(asked, PRICES)]
    return f"not exists (select from {rows(asked, PRICES)} where {' and '.join(conditions)})"


def _of_first(asked: Asked, first: str, without: str | None) -> list[str]:
    conditions = [f"{first}.catalog_id = {asked.catalog}", *then(asked, first)]
    if first == PRICES:
        conditions.append(f"p.currency = {asked.currency}")
    if asked.hides_archived and without != "status":
        conditions.append(f"{first}.status <> 'archived'")
    return conditions


def _joined(asked: Asked, table: str, first: str, how: str) -> str:
    conditions = [
        f"{table}.catalog_id = {asked.catalog} and {table}.product_id = {first}.product_id",
        *([f"p.currency = {asked.currency}"] if table == PRICES else []),
        *then(asked, table),
    ]
    return f"{how} {rows(asked, table)} on {' and '.join(conditions)}"
