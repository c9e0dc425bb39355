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
_FACT = statement(__package__, "sql/fact.sql")
_RECORDED = statement(__package__, "sql/recorded.sql").format(fact=_FACT)


class Fact(msgspec.Struct, frozen=True):
    """What happened to a product, by whom and when: all that answers are folded from.

    `occurred_at` is the business time.
    """

    position: int
    stream_id: UUID
    version: int
    type: str
    schema_version: int
    data: str
    actor: str
    occurred_at: datetime

    @property
    def dated(self) -> bool:
        """Whether it occurred between the years 1 and 9999."""
        return _EARLIEST < self.occurred_at < _LATEST

    @property
    def event(self) -> ProductEvent:
        """Raises `Undecodable`, which then tells the event's place."""
        if not self.dated:
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


class Recorded(Fact, frozen=True):
    """A fact with its circumstances, as the log holds it.

    `recorded_at` is the database's clock; `digest` is the SHA-256 of the whole event in canonical
    form (RFC 8785).
    """

    catalog_id: str
    correlation_id: str
    causation_id: str | None
    recorded_at: datetime
    digest: bytes


def reading(name: str) -> str:
    """The statement in a file of this package that reads the columns which `recorded` takes.

    Those of a `fact` alone, where it says so.
    """
    return statement(__package__, name).format(recorded=_RECORDED, fact=_FACT)


def recorded(row: Record) -> Recorded:
    return Recorded(*row)


def fact(row: Record) -> Fact:
    return Fact(*row)
