"""What is asked of a schema meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager

from asyncpg.connection import LoggedQuery
from sqlalchemy import event
from sqlalchemy.engine import AdaptedConnection
from sqlalchemy.ext.asyncio import AsyncEngine


@contextmanager
def statements(engine: AsyncEngine, schema: str = "event_store") -> Iterator[list[str]]:
    """The statements over connections that are lent from now on, as they end."""
    seen: list[str] = []

    def log(query: LoggedQuery) -> None:
        if f"{schema}." in query.query:  # and not what a new connection asks of types
            seen.append(query.query)

    def lent(connection: AdaptedConnection, *_: object) -> None:
        connection.driver_connection.add_query_logger(log)

    def returned(connection: AdaptedConnection, *_: object) -> None:
        connection.driver_connection.remove_query_logger(log)

    event.listen(engine.sync_engine, "checkout", lent)
    event.listen(engine.sync_engine, "checkin", returned)
    try:
        yield seen
    finally:
        event.remove(engine.sync_engine, "checkout", lent)
        event.remove(engine.sync_engine, "checkin", returned)
