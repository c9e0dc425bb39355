"""The events of a product to what is read of it, as far as they can be applied."""

from collections.abc import Collection, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from events.errors import Undecodable
from events.recorded import Recorded
from projections import document as documents
from projections import product_details, projection
from projections.document import Standstill
from projections.projection import Product, ReadModel
from projections.read_models import READ_MODELS

_EARLIEST = datetime.min.replace(tzinfo=UTC)
_NONE = [()] * len(READ_MODELS)

REASON_LENGTH = 500
FOLDED_AT_ONCE = 100
"""Streams: then whatever else is to be done, such as sending rows of others, has its turn."""


@dataclass(frozen=True, slots=True)
class Fault:
    """An event that can't be applied, and why."""

    event: Recorded
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """What a product is from a moment of business time on, and the read models that can tell."""

    product: Product
    touched: Collection[ReadModel]


@dataclass(frozen=True, slots=True)
class Change:
    """What events make of a product: `after` is None while nothing was ever shown of it."""

    before: Product | None
    after: Product | None
    events: Sequence[Recorded]
    """At least one, all of one stream."""
    steps: Sequence[Step] = ()
    """The way from the one to the other, one for each moment at which something came about."""
    fault: Fault | None = None
    discarded: Collection[int] = ()
    """Positions of events that nothing was made of."""

    @property
    def stream_id(self) -> UUID:
        return self.events[0].stream_id

    def steps_of(self, model: ReadModel) -> Sequence[Step]:
        """Those that the read model can tell."""
        return [step for step in self.steps if model in step.touched]


def fold(
    before: Product | None, events: Sequence[Recorded], discarded: Collection[int] = ()
) -> Change:
    """Apply the events of one stream, but those discarded, up to the first that can't be."""
    folding = Folding(before, discarded)
    folding.take(events)
    return folding.change()


def stopped(before: Product | None, fault: Fault) -> Change:
    """The product stands still as it was before the event at fault, and says so."""
    folding = Folding(before)
    folding.events.append(fault.event)
    folding.stop(fault)
    return folding.change()


class Folding:
    """The events of one stream as they come.

    What a step touches depends on its events alone, not on how they were taken: a rebuild makes
    the same rows of them.
    """

    def __init__(self, before: Product | None, discarded: Collection[int] = ()) -> None:
        self._before = before
        self._discarded = discarded
        self._document = copy(before.document) if before else None
        self._since = before.since if before else _EARLIEST
        self._sources: Sequence[tuple[object, ...]] = _NONE
        if self._document:
            self._sources = [model.source(self._document) for model in READ_MODELS]
        self._steps: list[Step] = []
        self._touched: set[ReadModel] = set()
        self._fault: Fault | None = None
        self.events: list[Recorded] = []

    def take(self, events: Sequence[Recorded]) -> None:
        self.events += events
        for event in events:
            if self._fault is None:
                self._take(event)

    def stop(self, fault: Fault) -> None:
        self._fault = fault
        self.stand_still(fault.event.position)

    def stand_still(self, position: int) -> None:
        """Before the event at that position, and say so."""
        if self._document is not None:
            self._document.parked = Standstill(position)
            self._touched.add(product_details.model)

    def settle(self) -> Change:
        """What is over of the way so far; of each read model the last step stays."""
        last = {model: step for step in self._steps for model in step.touched}
        over = Change(None, None, self.events, self._steps)
        holding = {step: [model for model in last if last[model] is step] for step in self._steps}
        self._steps = [Step(step.product, models) for step, models in holding.items() if models]
        self.events = self.events[-1:]
        return over

    def change(self) -> Change:
        after = self._before
        steps = self._steps
        if self._touched and self._document is not None:
            after = projection.of(self._document, self._since)
            steps = [*steps, Step(after, self._touched)]
        return Change(self._before, after, self.events, steps, self._fault, self._discarded)

    def _take(self, event: Recorded) -> None:
        try:
            if event.position in self._discarded:
                self._skip(event)
            else:
                self._apply(event)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 -- whatever an event's handler stumbles over
            self.stop(fault(event, error))

    def _skip(self, event: Recorded) -> None:
        """It counts as a version all the same: the stream goes on from there."""
        if self._document is not None:
            passed = self._passed(event)
            self._document.version = event.version
            self._arrive(event, passed)
            self._touched.add(product_details.model)

    def _apply(self, event: Recorded) -> None:
        passed = self._passed(event)
        self._document = document = documents.apply(self._document, event)
        self._arrive(event, passed)
        before, self._sources = self._sources, [model.source(document) for model in READ_MODELS]
        for model, one, other in zip(READ_MODELS, before, self._sources, strict=True):
            if one != other:
                self._touched.add(model)

    def _passed(self, event: Recorded) -> Product | None:
        """What the product was until then, if the event comes at a later moment."""
        if self._document and self._touched and event.dated and event.occurred_at > self._since:
            return projection.of(copy(self._document), self._since)
        return None

    def _arrive(self, event: Recorded, passed: Product | None) -> None:
        if passed:
            self._steps.append(Step(passed, self._touched))
            self._touched = set()
        if event.dated:
            self._since = max(self._since, event.occurred_at)


def fault(event: Recorded, error: Exception) -> Fault:
    why = error.members["reason"] if isinstance(error, Undecodable) else repr(error)
    reason = f"{event.type}, schema version {event.schema_version}: {why}"
    return Fault(event, reason[:REASON_LENGTH])
