"""The events of a product to what is read of it, as far as they can be applied."""

from collections.abc import Collection, Sequence
from copy import copy
from dataclasses import dataclass
from uuid import UUID

from events.errors import Undecodable
from events.recorded import Recorded
from projections import document as documents
from projections import projection
from projections.document import ProductDocument, Standstill
from projections.projection import Product

REASON_LENGTH = 500
FOLDED_AT_ONCE = 100
"""Streams: then whatever else is to be done, such as sending rows of others, has its turn."""


@dataclass(frozen=True, slots=True)
class Fault:
    """An event that can't be applied, and why."""

    event: Recorded
    reason: str


@dataclass(frozen=True, slots=True)
class Change:
    """What events make of a product: `after` is None while nothing was ever shown of it."""

    before: Product | None
    after: Product | None
    events: Sequence[Recorded]
    """At least one, all of one stream."""
    fault: Fault | None = None
    discarded: Collection[int] = ()
    """Positions of events that nothing was made of."""

    @property
    def stream_id(self) -> UUID:
        return self.events[0].stream_id


def fold(
    before: Product | None, events: Sequence[Recorded], discarded: Collection[int] = ()
) -> Change:
    """Apply the events of one stream, but those discarded, up to the first that can't be."""
    document = copy(before.document) if before else None
    for event in events:
        try:
            if event.position in discarded:
                _skip(document, event)
            else:
                document = documents.apply(document, event)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 -- whatever an event's handler stumbles over
            return stopped(before, document, events, fault(event, error), discarded)
    after = projection.of(document) if document else None
    return Change(before, after, events, discarded=discarded)


def stopped(
    before: Product | None,
    document: ProductDocument | None,
    events: Sequence[Recorded],
    fault: Fault,
    discarded: Collection[int] = (),
) -> Change:
    """The product stands still as it was before the event at fault, and says so."""
    if document is None:
        return Change(before, None, events, fault, discarded)
    document.parked = Standstill(fault.event.position)
    return Change(before, projection.of(document), events, fault, discarded)


def _skip(document: ProductDocument | None, event: Recorded) -> None:
    """It counts as a version all the same: the stream goes on from there."""
    if document is not None:
        document.version = event.version


def fault(event: Recorded, error: Exception) -> Fault:
    why = error.members["reason"] if isinstance(error, Undecodable) else repr(error)
    reason = f"{event.type}, schema version {event.schema_version}: {why}"
    return Fault(event, reason[:REASON_LENGTH])
