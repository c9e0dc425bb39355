"""Reading that PostgreSQL refuses, and that is tried again until it goes on."""

import structlog
from asyncpg import PostgresError

from events.errors import DatabaseUnavailable

FAILURES = (DatabaseUnavailable, PostgresError)

log = structlog.get_logger(__name__)


class Standstill:
    """Told of once, however often it is tried again; that PostgreSQL is away others tell."""

    def __init__(self, of: str) -> None:
        self._of = of
        self._is_told = False

    def found(self, error: BaseException, catalog: str) -> None:
        if isinstance(error, DatabaseUnavailable) or self._is_told:
            log.debug("log_stands_still", of=self._of, catalog=catalog, error=repr(error))
            return
        self._is_told = True
        log.error("log_stands_still", of=self._of, catalog=catalog, exc_info=error)

    def over(self) -> None:
        self._is_told = False
