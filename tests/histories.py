"""The lamp's history, as an auditor asks for it."""

from sqlalchemy.ext.asyncio import AsyncEngine

from events.selection import Selection
from queries.answer import Answer
from queries.audit import history
from queries.audit.folded import FoldedProducts
from queries.audit.history import History
from tests.cursors import CURSORS
from tests.given import LAMP

OF_LAMP = Selection(stream=LAMP)


async def answered(
    engine: AsyncEngine,
    wanted: Selection = OF_LAMP,
    *,
    limit: int = 50,
    cursor: str | None = None,
    catalog: str = "main",
    remembered: FoldedProducts | None = None,
) -> Answer[History | None]:
    return await history.of_product(
        engine,
        remembered or FoldedProducts(0),
        CURSORS,
        catalog,
        wanted,
        limit=limit,
        cursor=cursor,
    )


async def told(
    engine: AsyncEngine,
    wanted: Selection = OF_LAMP,
    *,
    limit: int = 50,
    cursor: str | None = None,
    remembered: FoldedProducts | None = None,
) -> History:
    answer = await answered(engine, wanted, limit=limit, cursor=cursor, remembered=remembered)
    assert answer.value
    return answer.value
