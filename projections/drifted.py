"""A product whose rows are not what the log says is put right, and parked until it is seen to."""

from uuid import UUID

from events.database import Connection, statement
from projections.drift import Checked, Place, check
from projections.folding import Folding
from projections.generations import schema_of
from projections.writing import erase, write

_HOLD = statement(__package__, "sql/hold_checkpoint.sql")
_PARK = statement(__package__, "sql/park_drifted.sql")
_FENCE = statement(__package__, "sql/raise_epoch.sql")


async def park_drifted(connection: Connection, place: Place, product: UUID) -> Checked | None:
    """Park it, in a transaction; None where its rows are right after all, or nobody reads them.

    It is shown as the log has it up to the checkpoint. Whoever applies the catalog loses the lease,
    as what he has prepared may be of this product.
    """
    async with connection.transaction():
        checkpoint = await connection.fetchval(_HOLD, place.catalog, place.generation)
        if checkpoint is None:
            return None
        checked = next(iter(await check(connection, place, [product])), None)
        if checked is None or not checked.drifted:
            return None
        await erase(connection, schema_of(place.generation), place.catalog, [product])
        await _show(connection, place, checked, checkpoint + 1)
        reason = f"drift: {', '.join(checked.drifted)} did not say what the log says"
        arguments = (place.catalog, place.generation, product, checkpoint + 1, reason)
        await connection.execute(_PARK, *arguments)
        await connection.execute(_FENCE, place.catalog, place.generation)
        return checked


async def _show(connection: Connection, place: Place, checked: Checked, parked_before: int) -> None:
    if not checked.events:
        return
    folding = Folding(None, checked.discarded)
    folding.take(checked.events)
    folding.stand_still(parked_before)
    await write(connection, schema_of(place.generation), place.catalog, [folding.change()])
