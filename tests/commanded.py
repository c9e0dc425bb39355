"""Commands that one person gives, on one Monday."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from commands.appending import Circumstances
from commands.handle import Receipt, handle
from commands.product.messages import ProductCommand, RenameProduct
from commands.write_side import WriteSide
from events.append import Idempotent
from tests.appends import appender

LAMP, OTHER = UUID(int=1), UUID(int=2)
MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
ANN = Circumstances(actor="ann", correlation_id="r-1", causation_id="r-0", occurred_at=MONDAY)
rename = RenameProduct(name="Sun")


def write_side(engine: AsyncEngine) -> WriteSide:
    """A process of its own, as far as the log can tell."""
    return WriteSide(appender(engine))


async def commanded(
    writer: WriteSide,
    *commands: ProductCommand,
    product: UUID = LAMP,
    expected: int | None = None,
    key: str | None = None,
) -> Receipt:
    idempotent = Idempotent(key=key, request_digest=repr(commands).encode()) if key else None
    return await handle(
        writer, product, commands, ANN, expected_version=expected, idempotent=idempotent
    )
