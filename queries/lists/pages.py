"""One page of a list in SQL: ids and keys, from behind a place on, in order."""

from collections.abc import Sequence

from queries.lists.conditions import SEARCH, Asked, Condition, parts
from queries.lists.orders import Order, Place
from queries.lists.sources import matching, unpriced


def walked(asked: Asked, order: Order, after: Place | None, rows: int) -> str:
    """Along the index of the order, or whatever way the planner finds shorter."""
    if order.may_lack and not asked.filters_by("price"):
        return _with_unpriced(asked, order, after, rows)
    if order.column == "s.name" and asked.filters.category is not None:
        return _of_category(asked, asked.filters.category, order, after, rows)
    return _keyed(asked, order, after, rows)


def picked(asked: Asked, order: Order, after: Place | None, rows: int) -> str:
    """Out of `found`, where all that matches has been put."""
    where = f" where {_behind(asked, order, after)}" if after else ""
    return (
        f"select product_id, key from found{where}"
        f" order by key {order.way} nulls last, product_id {order.way} limit {rows}"
    )


def _behind(asked: Asked, order: Order, after: Place) -> str:
    if after.key is None:
        return f"key is null and {order.beyond_id(after, 'product_id', asked.arguments)}"
    beyond = order.beyond(after, "key", "product_id", asked.arguments)
    return f"({beyond} or key is null)" if order.may_lack else beyond


def everything(asked: Asked) -> str:
    """All that matches, as rows without columns."""
    if asked.filters.category is None:
        return matching(asked, "")
    return " union all ".join(
        matching(asked, "", [SEARCH], without="category", where=[each.on(SEARCH, asked.arguments)])
        for each in parts(asked.filters.category)
    )


def _of_category(asked: Asked, category: str, order: Order, after: Place | None, rows: int) -> str:
    """Within one category its index has names in order; only those below have to be merged."""
    pages = (_keyed(asked, order, after, rows, part=each) for each in parts(category))
    together = " union all ".join(f"({each})" for each in pages)
    return f"select * from ({together}) pages order by key, product_id limit {rows}"


def _keyed(
    asked: Asked, order: Order, after: Place | None, rows: int, *, part: Condition | None = None
) -> str:
    """With a part of the filter's category in its place."""
    key, product = order.column, f"{order.table}.product_id"
    where = [part.on(SEARCH, asked.arguments)] if part else []
    if after:
        where.append(order.beyond(after, key, product, asked.arguments))
    without = "category" if part else None
    columns = f"{product}, {key} as key"
    source = matching(asked, columns, [order.table], without=without, where=where)
    return f"{source} order by {key} {order.way}, {product} {order.way} limit {rows}"


def _with_unpriced(asked: Asked, order: Order, after: Place | None, rows: int) -> str:
    """Products without a price are not looked for while there are enough that have one."""
    if after and after.key is None:
        where = [order.beyond_id(after, "s.product_id", asked.arguments)]
        return _unpriced(asked, order, where, rows)
    keyed = _keyed(asked, order, after, rows)
    enough = f"(select count(*) from keyed) < {rows}"
    return (
        f"with keyed as materialized ({keyed})"
        f" select * from keyed union all ({_unpriced(asked, order, [enough], rows)})"
    )


def _unpriced(asked: Asked, order: Order, where: Sequence[str], rows: int) -> str:
    columns = "s.product_id, null::bigint as key"
    source = matching(asked, columns, [SEARCH], where=[unpriced(asked), *where])
    return f"{source} order by s.product_id {order.way} limit {rows}"
