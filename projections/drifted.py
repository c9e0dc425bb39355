"""A product whose rows are not what the log says stands still until somebody folds it again."""

from contextlib import suppress
from uuid import UUID

import msgspec

from events.database import Connection, statement
from projections import product_details as details
from projections.document import Standstill, decode
from projections.drift import Checked, Place, check
from projections.projection import of

_HOLD = statement(__package__, "sql/hold_checkpoint.sql")
_PARK = statement(__package__, "sql/park_drifted.sql")
_READ_DOCUMENTS = statement(__package__, "sql/read_documents.sql")
_MARK = statement(__package__, "sql/mark_drifted.sql")
_FENCE = statement(__package__, "sql/raise_epoch.sql")


async def park_drifted(connection: Connection, place: Place, product: UUID) -> Checked | None:
    """Park it, in a transaction; None where its rows are right after all, or nobody reads them.

    It stands still before its first event: nothing that is shown of it can be relied on. Whoever
    applies the catalog loses the lease, as what he has prepared may be of this product.
    """
    async with connection.transaction():
        if await connection.fetchval(_HOLD, place.catalog, place.generation) is None:
            return None
        checked = next(iter(await check(connection, place, [product])), None)
        if checked is None or not checked.drifted:
            return None
        first = checked.events[0].position if checked.events else 1
        reason = f"drift: {', '.join(checked.drifted)} did not say what the log says"
        arguments = (place.catalog, place.generation, product, first, reason)
        await connection.execute(_PARK, *arguments)
        await _mark(connection, place, product, first)
        await connection.execute(_FENCE, place.catalog, place.generation)
        return checked


async def _mark(connection: Connection, place: Place, product: UUID, position: int) -> None:
    """Let what is shown of it say that it stands still, if it can."""
    table = place.table(details.model)
    query = _READ_DOCUMENTS.format(table=table)
    for row in await connection.fetch(query, place.catalog, [product]):
        body: str = row["document"]
        with suppress(msgspec.DecodeError):
            document = decode(body)
            document.parked = Standstill(position)
            body = of(document).body
        await connection.execute(_MARK.format(table=table), place.catalog, product, position, body)
