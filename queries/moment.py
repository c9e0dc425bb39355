"""Several statements on the read tables as they are at one moment."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from asyncpg import QueryCanceledError, UndefinedTableError
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import Connection, driver, statement
from projections.past import EVER
from projections.read_models import READ_MODELS
from queries.answer import Answer
from queries.database import ReadDatabase
from queries.errors import QueryTooSlow, ReadTablesOutdated

_MODELS = sorted(READ_MODELS, key=lambda model: model.table.name)
_BEGIN = statement(__package__, "sql/begin_one_moment.sql")
_NOW = ", ".join(f"read.{model.table.name}" for model in _MODELS)
_EVER = ", ".join(f"read.{EVER}{model.table.name}" for model in _MODELS)
_IN_TIME = "set local statement_timeout = '4s'"
_READ = statement(__package__, "sql/read_moment.sql")


class Moment(NamedTuple):
    """Of what is read of a catalog."""

    position: int = 0
    state: str = ""
    """Stays the same as long as nothing that is read of the catalog changes."""


@asynccontextmanager
async def one_moment(
    database: ReadDatabase, catalog: str, *, past: bool = False
) -> AsyncIterator[tuple[Connection, Moment]]:
    """All that is read on the connection is of that moment, with the `past` also what held before.

    Raises `DatabaseUnavailable`, `TooManyQueries` and `QueryTooSlow`; `ReadTablesOutdated` where
    there is no past.
    """
    turn = database.audit() if past else database.survey()
    async with turn as engine, moment_of(engine, catalog, _IN_TIME, past=past) as read:
        yield read


async def position(database: ReadDatabase, catalog: str) -> Answer[None]:
    """What is read of the catalog reflects its log up to there. Raises as `one_moment`."""
    async with one_moment(database, catalog) as (_, moment):
        return Answer(None, moment.position)


@asynccontextmanager
async def moment_of(
    engine: AsyncEngine, catalog: str, limits: str, *, past: bool = False
) -> AsyncIterator[tuple[Connection, Moment]]:
    """The same on a connection of that pool; `limits` is SQL that says what may last how long.

    Raises `DatabaseUnavailable`, `QueryTooSlow` and `ReadTablesOutdated`.
    """
    async with driver(engine) as connection:
        try:
            tables = _EVER if past else _NOW
            await connection.execute(_BEGIN.format(limits=limits, tables=tables))
            row = await connection.fetchrow(_READ, catalog)
            yield connection, Moment(*row) if row else Moment()
        except QueryCanceledError as error:
            raise QueryTooSlow from error
        except UndefinedTableError as error:
            raise ReadTablesOutdated from error
        finally:
            await connection.execute("rollback")
