"""Which columns the products that are asked for have, told before the first of them is read."""

from events.database import Connection, statement
from queries.exports.varying import Varying
from queries.lists.conditions import PRICES, SEARCH, Asked
from queries.lists.sources import matching, rows, then

_FIND = statement(__package__, "sql/find_columns.sql")


async def find_columns(connection: Connection, asked: Asked) -> Varying:
    held = "".join(f" and {each}" for each in then(asked, PRICES))
    query = _FIND.format(
        chosen=matching(asked, "s.product_id, s.attributes", [SEARCH]),
        catalog=asked.catalog,
        prices=rows(asked, PRICES),
        held=held,
    )
    [row] = await connection.fetch(query, *asked.arguments)
    return Varying(*row)
