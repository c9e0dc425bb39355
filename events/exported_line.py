"""A line of an exported log back to its event."""

import re
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from events.canonical_event import exported
from events.recorded import Recorded

type _Moment = Annotated[datetime, Meta(tz=True)]


class MalformedLine(ValueError):  # noqa: N818 -- it says what the line is
    """The line is not how `events.canonical_event.exported` writes an event."""


class _Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    actor: str
    catalog_id: str
    causation_id: str | None
    correlation_id: str
    data: msgspec.Raw
    digest: str
    occurred_at: _Moment
    position: Annotated[int, Meta(ge=1, le=2**63 - 1)]
    recorded_at: _Moment
    schema_version: Annotated[int, Meta(ge=-(2**15), le=2**15 - 1)]
    stream_id: UUID
    type: str
    version: Annotated[int, Meta(ge=1, le=2**31 - 1)]


_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""As canonical JSON writes it, and no backslash before the letter u."""
_decoder = msgspec.json.Decoder(_Line)


def parsed(line: bytes) -> Recorded:
    """The event of a line, which ends with a line feed. Raises `MalformedLine`.

    Nothing is read that would be written otherwise: no other order, white space or escape.
    """
    try:
        event = _recorded(_decoder.decode(line))
        written = f"{exported(event)}\n".encode()
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise MalformedLine(f"no event as it is exported ({error})") from error
    if _NUL.search(line):
        raise MalformedLine("a text with the character NUL, which PostgreSQL can't hold")
    if written != line:
        raise MalformedLine("an event that is written otherwise than it is exported")
    return event


def _recorded(line: _Line) -> Recorded:
    return Recorded(
        catalog_id=line.catalog_id,
        position=line.position,
        stream_id=line.stream_id,
        version=line.version,
        type=line.type,
        schema_version=line.schema_version,
        data=bytes(line.data).decode(),
        actor=line.actor,
        correlation_id=line.correlation_id,
        causation_id=line.causation_id,
        occurred_at=line.occurred_at,
        recorded_at=line.recorded_at,
        digest=bytes.fromhex(line.digest),
    )
