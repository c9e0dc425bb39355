"""Which events of a log somebody wants, and how they are read."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol
from uuid import UUID

import msgspec

from events.database import Connection, statement
from events.recorded import Fact, Recorded, fact, reading, recorded

_OF_LOG = reading("sql/select_of_log.sql")
_OF_STREAM = reading("sql/select_of_stream.sql")
_READ_SPANS = reading("sql/read_spans.sql")
_READ_HEADS = statement(__package__, "sql/read_heads_of.sql")


class Selectable(Protocol):
    """What of an event says whether it is selected."""

    @property
    def stream_id(self) -> UUID: ...
    @property
    def type(self) -> str: ...
    @property
    def actor(self) -> str: ...
    @property
    def occurred_at(self) -> datetime: ...


class Selection(msgspec.Struct, frozen=True):
    """The events that pass all that is given; of several types, those of any.

    `since` is inclusive, `until` exclusive, both in business time.
    """

    types: tuple[str, ...] = ()
    actor: str | None = None
    stream: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None

    def takes(self, event: Selectable) -> bool:
        return (
            (not self.types or event.type in self.types)
            and (self.actor is None or event.actor == self.actor)
            and (self.stream is None or event.stream_id == self.stream)
            and (self.since is None or event.occurred_at >= self.since)
            and (self.until is None or event.occurred_at < self.until)
        )


EVERYTHING = Selection()


async def select(
    connection: Connection, catalog: str, wanted: Selection, *, after: int, upto: int, limit: int
) -> list[Recorded]:
    """At most `limit` of them at the positions after `after` and up to `upto`, in their order."""
    place = (catalog, after, upto, limit)
    filters = (wanted.types, wanted.actor, wanted.since, wanted.until)
    if wanted.stream is None:
        rows = await connection.fetch(_OF_LOG, *place, *filters)
    else:
        rows = await connection.fetch(_OF_STREAM, *place, *filters, wanted.stream)
    return [recorded(row) for row in rows]


async def read_spans(
    connection: Connection, catalog: str, spans: Mapping[UUID, tuple[int, int]], limit: int
) -> list[Fact]:
    """Of each stream the events beyond one version and up to another, the oldest first.

    One stream after the other; at most `limit` in all, so that the rest has to be asked for again.
    """
    after, upto = zip(*spans.values(), strict=True)
    rows = await connection.fetch(_READ_SPANS, catalog, list(spans), after, upto, limit)
    return [fact(row) for row in rows]


async def read_heads_of(connection: Connection, catalogs: Collection[str]) -> dict[str, int]:
    """The last position of each of these logs; 0 for an empty one, and for no catalog."""
    rows = await connection.fetch(_READ_HEADS, catalogs)
    return dict.fromkeys(catalogs, 0) | {row["catalog_id"]: row["head"] for row in rows}
