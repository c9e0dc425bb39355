"""What a row means for its product: events, or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from uuid_utils.compat import uuid7

from commands.feeds.aligning import to_align
from commands.feeds.known import Known
from commands.feeds.report import Effect
from commands.feeds.rows import Feed, Row
from commands.feeds.run import Run
from commands.input import to_register
from commands.load import Unfolded
from commands.loaded import NEW, NOTHING, Loaded
from commands.product import product
from commands.product.messages import ProductCommand, RestoreProduct
from commands.product.state import Product
from events.product import ProductEvent, ProductRegistered, ProductRestored
from events.recorded import Recorded


@dataclass(frozen=True, slots=True)
class Decision:
    sku: str
    row: Row
    stream: UUID
    version: int
    """The stream's version that the events were decided on."""
    events: list[ProductEvent]
    effect: Effect


def decide(
    feed: Feed, sku: str, row: Row, known: Known, streams: Mapping[UUID, Unfolded], run: Run
) -> Decision:
    """Raises `Unfit`, and the refusals of `commands.errors`."""
    if known.stream is None:
        events = product.decide_all(to_register(feed.product(row)), product.initial)
        return Decision(sku, row, uuid7(), NEW, events, "created")
    unfolded = streams[known.stream]
    loaded = unfolded.fold()
    said = feed.product(row)
    back = [] if said.status == "archived" else _restoring(known, loaded)
    events = product.decide_all([*back, *to_align(said)], loaded.state)
    effect = _effect(events) if events else _effect_of_before(unfolded.since, run)
    return Decision(sku, row, known.stream, loaded.version, events, effect)


def _restoring(known: Known, loaded: Loaded) -> list[ProductCommand]:
    """What a sync has archived comes back, unless somebody has done something with it since."""
    archived_by_sync = known.archived_version == loaded.version != NOTHING.version
    is_archived = isinstance(loaded.state, Product) and loaded.state.status == "archived"
    return [RestoreProduct()] if archived_by_sync and is_archived else []


def _effect(events: list[ProductEvent]) -> Effect:
    return "restored" if isinstance(events[0], ProductRestored) else "changed"


def _effect_of_before(since: Sequence[Recorded], run: Run) -> Effect:
    """An attempt of this run that was interrupted may have appended, and not told of it."""
    appended = [each for each in since if run.has_appended(each)]
    if not appended:
        return "unchanged"
    first = appended[0].event
    return "created" if isinstance(first, ProductRegistered) else _effect([first])
