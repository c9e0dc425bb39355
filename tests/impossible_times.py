"""Business times that Python has no form for, in a log that somebody has damaged."""

from sqlalchemy.ext.asyncio import AsyncEngine

from tests.signing import rewritten

NEVER = ["0044-03-15 BC", "20000-01-01Z", "-infinity", "infinity"]
_ANY_ERA = "alter table event_store.events drop constraint events_occurred_in_our_era"
_DATED = "update event_store.events set {} = '{}' where position = {}"


async def dated(engine: AsyncEngine, position: int, column: str, time: str) -> None:
    await rewritten(engine, "events", _ANY_ERA)
    await rewritten(engine, "events", _DATED.format(column, time, position))
