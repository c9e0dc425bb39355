"""An event as a history tells it."""

from datetime import datetime

import msgspec

from events.recorded import Recorded
from queries.changes import Change


class Item(msgspec.Struct, frozen=True):
    position: int
    version: int
    type: str
    data: msgspec.Raw
    changes: list[Change]
    changes_unknown: str | None
    """Why there is no telling what the event changed."""
    discarded: bool
    """Whether an operator had it left out of all that is read: it changed nothing."""
    actor: str
    correlation_id: str
    causation_id: str | None
    occurred_at: datetime
    recorded_at: datetime
    digest: str
    """SHA-256 of the canonical event, in hexadecimal."""


def item(event: Recorded, changed: list[Change], unknown: str | None, *, discarded: bool) -> Item:
    return Item(
        position=event.position,
        version=event.version,
        type=event.type,
        data=msgspec.Raw(event.data.encode()),
        changes=changed,
        changes_unknown=unknown,
        discarded=discarded,
        actor=event.actor,
        correlation_id=event.correlation_id,
        causation_id=event.causation_id,
        occurred_at=event.occurred_at,
        recorded_at=event.recorded_at,
        digest=event.digest.hex(),
    )
