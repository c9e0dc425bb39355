"""An event as the log holds it."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec
from asyncpg import Record

from events.codec import decode
from events.database import statement
from events.errors import Undecodable
from events.product import ProductEvent

_EARLIEST = datetime.min.replace(tzinfo=UTC)
_LATEST = datetime.max.replace(tzinfo=UTC)
_COLUMNS = statement(__package__, "sql/recorded.sql")


class Recorded(msgspec.Struct, frozen=True):
    """A fact with its place and its circumstances.

    `occurred_at` is the business time, `recorded_at` the database's clock; `digest` is the SHA-256
    of the whole event in canonical form (RFC 8785).
    """

    catalog_id: str
    position: int
    stream_id: UUID
    version: int
    type: str
    schema_version: int
    data: str
    actor: str
    correlation_id: str
    causation_id: str | None
    occurred_at: datetime
    recorded_at: datetime
    digest: bytes

    @property
    def event(self) -> ProductEvent:
        """Raises `Undecodable`, which then tells the event's place."""
        if not _EARLIEST < self.occurred_at < _LATEST:
            raise self.undecodable("it occurred at no time between the years 1 and 9999")
        try:
            return decode(self.type, self.schema_version, self.data)
        except Undecodable as error:
            raise self.undecodable(str(error.members["reason"])) from error

    def undecodable(self, reason: str) -> Undecodable:
        return Undecodable(
            event_type=self.type,
            schema_version=self.schema_version,
            position=self.position,
            event_version=self.version,
            reason=reason,
        )


def reading(name: str) -> str:
    """The statement in a file of this package that reads the columns which `recorded` takes."""
    return statement(__package__, name).format(recorded=_COLUMNS)


def recorded(row: Record) -> Recorded:
    return Recorded(*row)
