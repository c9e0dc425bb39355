"""Puts a product back to what it was at a version, by new events that name the old one."""

from dataclasses import replace
from uuid import UUID

from commands.appending import Circumstances
from commands.claims import SKU
from commands.errors import UnknownProduct
from commands.handle import Receipt, answered, handle
from commands.load import load_at
from commands.product.messages import RevertProduct
from commands.product.state import Product
from commands.write_side import WriteSide
from events.append import Claim, Idempotent
from events.database import driver
from events.errors import Refused, UnknownVersion
from events.log import read_version


async def revert(
    side: WriteSide,
    stream: UUID,
    to_version: int,
    circumstances: Circumstances,
    *,
    expected_version: int | None = None,
    idempotent: Idempotent | None = None,
) -> Receipt:
    """Append what leads back to the state at `to_version`, caused by the event at that version.

    What a version was never changes, so it is read once, however often the decision is made anew.
    Raises as `handle` does, and `UnknownVersion`.
    """
    try:
        product, position = await _past(side, stream, to_version)
    except Refused as refusal:
        return await answered(side, idempotent, refusal)
    return await handle(
        side,
        stream,
        [RevertProduct(to=product)],
        replace(circumstances, causation_id=f"position:{position}"),
        expected_version=expected_version,
        idempotent=idempotent,
        claims=[Claim(kind=SKU, value=product.sku)],
    )


async def _past(side: WriteSide, stream: UUID, version: int) -> tuple[Product, int]:
    """What the product was, and where in the log that was."""
    async with driver(side.appender.engine) as connection:
        newest = await read_version(connection, side.catalog, stream)
        if 0 < newest < version:
            raise UnknownVersion(current_version=newest)
        past = await load_at(connection, side.catalog, stream, version)
    if not isinstance(past.state, Product):
        raise UnknownProduct
    return past.state, past.position
