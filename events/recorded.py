"""An event as the log holds it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from events.codec import decode
from events.errors import Undecodable
from events.product import ProductEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
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
        try:
            return decode(self.type, self.schema_version, self.data)
        except Undecodable as error:
            error.members |= {"position": self.position, "event_version": self.version}
            raise


def recorded(row: Record) -> Recorded:
    return Recorded(**dict(row))
