"""What ends a command without a result, and the line that is told of it."""

from asyncpg import PostgresError
from sqlalchemy.exc import DBAPIError

from cli.errors import CommandFailed
from events.errors import DatabaseUnavailable, Explained

FAILURES = (CommandFailed, Explained, OSError, DBAPIError, PostgresError)
_ABSENT = {"3F000", "42P01", "42703"}
"""SQLSTATEs of an unknown schema, table and column."""


def told(failure: BaseException | None) -> str:
    match failure:
        case DatabaseUnavailable():
            return "PostgreSQL can't be reached: check CATALOG_DATABASE_URL, and that it runs."
        case DBAPIError():
            return told(failure.orig)
        case Explained(members=members) if members:
            known = ", ".join(f"{name}: {value}" for name, value in members.items())
            return f"{failure} ({known})"
        case CommandFailed() | Explained() | OSError():
            return str(failure)
        case _ if getattr(failure, "sqlstate", "") in _ABSENT:
            return "The database lacks tables that this version needs: run `catalog migrate`."
        case _:
            return f"PostgreSQL refuses: {failure}".partition("\n")[0]
