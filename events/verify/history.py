"""A log's events one by one, and what follows from them for streams and claims."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from events.append import Claim
from events.canonical_event import digest
from events.canonical_json import canonical
from events.database import Connection, statement
from events.errors import Undecodable
from events.recorded import Recorded
from events.verify.finding import Finding, Kind, positions
from events.verify.rules import Rules

_NOW = statement(__package__, "sql/read_now.sql")
EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class Stream:
    """Where a stream has come to."""

    kind: str
    version: int = 0
    position: int = 0
    occurred_at: datetime = EARLIEST


@dataclass(slots=True)
class History:
    """What the events so far amount to: memory grows with streams and claims, not with events."""

    catalog: str
    rules: Rules
    now: datetime
    """By the clock that events are recorded by."""
    events: int = 0
    position: int = 0
    recorded_at: datetime = EARLIEST
    streams: dict[UUID, Stream] = field(default_factory=dict)
    claims: dict[tuple[str, str], UUID] = field(default_factory=dict)
    unreadable: set[UUID] = field(default_factory=set)
    """Streams with events that can't be decoded: nobody knows what these claim."""
    altered: int | None = None
    """The first position whose content is not what was hashed."""

    @property
    def unaltered(self) -> int:
        """Up to which position each event's content is what was hashed."""
        return self.position if self.altered is None else max(0, self.altered - 1)

    def add(self, event: Recorded) -> Iterator[Finding]:
        """The findings about the next event."""
        self.events += 1
        if (hashed := digest(event)) != event.digest:
            self.altered = event.position if self.altered is None else self.altered
            recorded = f"content that hashes to {event.digest.hex() or 'nothing'}, as recorded"
            yield self._at(event, "digest", recorded, f"content that hashes to {hashed.hex()}")
        if not _is_canonical(event.data):
            yield self._at(event, "form", "data in canonical form", repr(event.data))
        yield from self._in_log(event)
        is_first = event.stream_id not in self.streams
        yield from self._in_stream(event)
        yield from self._said(event, is_first=is_first)

    def _in_log(self, event: Recorded) -> Iterator[Finding]:
        if event.position != self.position + 1:
            yield self._gap(event.position)
        if event.recorded_at < self.recorded_at:
            yield self._at(
                event, "time", f"recorded after {self.recorded_at}", str(event.recorded_at)
            )
        if event.recorded_at > self.now:
            yield self._at(event, "time", f"recorded by {self.now}", str(event.recorded_at))
        if event.occurred_at > event.recorded_at:
            yield self._at(
                event, "time", f"occurred by {event.recorded_at}", str(event.occurred_at)
            )
        self.position, self.recorded_at = event.position, event.recorded_at

    def _gap(self, position: int) -> Finding:
        missing = positions(self.position + 1, max(position - 1, self.position + 1))
        return Finding(
            kind="gap",
            catalog=self.catalog,
            place={"position": missing},
            expected="an event at each position",
            found=f"position {position} after {self.position}",
        )

    def _in_stream(self, event: Recorded) -> Iterator[Finding]:
        stream = self.streams.get(event.stream_id)
        if stream is None:
            stream = self.streams[event.stream_id] = Stream(self.rules.kind)
        if event.version != stream.version + 1:
            yield self._at(event, "version", str(stream.version + 1), str(event.version))
        if event.occurred_at < stream.occurred_at:
            yield self._at(
                event, "time", f"occurred after {stream.occurred_at}", str(event.occurred_at)
            )
        stream.version, stream.position = event.version, event.position
        stream.occurred_at = event.occurred_at

    def _said(self, event: Recorded, *, is_first: bool) -> Iterator[Finding]:
        try:
            fact = event.event
        except Undecodable as error:
            self.unreadable.add(event.stream_id)
            shape = f"{event.type}, schema version {event.schema_version}"
            reason = f"{shape}: {error.members['reason']}"
            yield self._at(event, "unreadable", "an event that can be decoded", reason)
            return
        if is_first and not self.rules.begins(fact):
            yield self._at(event, "unreadable", "an event that a stream begins with", event.type)
        if beyond := self.rules.beyond(fact):
            yield self._at(event, "limits", "what could have been asked for", beyond)
        for claim in self.rules.claims_of(fact):
            yield from self._claim(event, claim)

    def _claim(self, event: Recorded, claim: Claim) -> Iterator[Finding]:
        name = claim.kind, claim.value
        holder = self.claims.get(name, event.stream_id)
        if holder != event.stream_id:
            found = f"{event.stream_id} claims it at position {event.position}"
            yield claim_finding(self.catalog, *name, f"{holder} to hold it alone", found)
        elif claim.held:
            self.claims[name] = holder
        else:
            self.claims.pop(name, None)

    def _at(self, event: Recorded, kind: Kind, expected: str, found: str) -> Finding:
        place = {"position": event.position, "stream": event.stream_id, "version": event.version}
        return Finding(kind=kind, catalog=self.catalog, place=place, expected=expected, found=found)


async def read_history(connection: Connection, catalog: str, rules: Rules) -> History:
    """Without any event yet, at the database's own time."""
    return History(catalog, rules, await connection.fetchval(_NOW))


def claim_finding(catalog: str, kind: str, value: str, expected: str, found: str) -> Finding:
    return Finding(
        kind="claim", catalog=catalog, place={kind: repr(value)}, expected=expected, found=found
    )


def _is_canonical(data: str) -> bool:
    """RFC 8785."""
    try:
        return canonical(msgspec.json.decode(data)).decode() == data
    except (TypeError, ValueError, RecursionError):
        return False
