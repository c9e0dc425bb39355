"""An event as a history tells it."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from events.recorded import Recorded
from queries.audit.changes import Change


class LoggedItem(msgspec.Struct, frozen=True):
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
    product_id: UUID
    sku: str | None
    """None while nobody knows: the event that registered the product can't be read."""


def circumstances(event: Recorded) -> dict[str, Any]:
    """The members of its item that need no fold."""
    return {
        "position": event.position,
        "version": event.version,
        "type": event.type,
        "data": msgspec.Raw(event.data.encode()),
        "actor": event.actor,
        "correlation_id": event.correlation_id,
        "causation_id": event.causation_id,
        "occurred_at": event.occurred_at,
        "recorded_at": event.recorded_at,
        "digest": event.digest.hex(),
        "product_id": event.stream_id,
    }
