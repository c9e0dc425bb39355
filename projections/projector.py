"""Applies the log to the read tables, a batch at a time, each event exactly once."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from events.database import Connection, statement
from events.log import read_log
from events.recorded import Recorded
from projections import document as documents
from projections import product_details
from projections.generations import schema_of
from projections.leases import Lease, advance
from projections.projection import Folded
from projections.read_models import READ_MODELS

_READ_PROGRESS = statement(__package__, "sql/read_progress.sql")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a catalog's log has been applied to the live generation."""

    catalog: str
    generation: int
    head: int
    checkpoint: int
    lag_seconds: float
    """The age of the oldest event that has not been applied; 0 when all have been."""

    @property
    def lag_events(self) -> int:
        return self.head - self.checkpoint


@dataclass(frozen=True, slots=True)
class Batch:
    """What one transaction applied: the products as they are now, and the checkpoint's step."""

    products: Sequence[Folded]
    events: Sequence[Recorded]
    before: int
    after: int


class Inapplicable(Exception):  # noqa: N818 -- it says what the event is
    """An event of the log can't be applied: this code does not know it, or it has no product."""

    def __init__(self, recorded: Recorded) -> None:
        super().__init__(recorded.type, recorded.schema_version)
        self.recorded = recorded


async def read_progress(connection: Connection) -> list[Progress]:
    rows = await connection.fetch(_READ_PROGRESS)
    return [
        Progress(r["catalog_id"], r["generation"], r["head"], r["position"], r["lag_seconds"])
        for r in rows
    ]


async def project(connection: Connection, lease: Lease, checkpoint: int, limit: int) -> Batch:
    """Apply at most `limit` events after `checkpoint`, in one transaction with the checkpoint.

    Raises `LeaseLost` and `Inapplicable`.
    """
    events = await read_log(connection, lease.catalog, after=checkpoint, limit=limit)
    if not events:
        return Batch((), (), checkpoint, checkpoint)
    after = events[-1].position
    schema = schema_of(lease.generation)
    async with connection.transaction():
        await advance(connection, lease, checkpoint, after)
        products = await _fold(connection, schema, lease.catalog, events)
        for write in READ_MODELS:
            await write(connection, schema, lease.catalog, products)
    return Batch(products, events, checkpoint, after)


async def _fold(
    connection: Connection, schema: str, catalog: str, events: Sequence[Recorded]
) -> list[Folded]:
    streams: dict[UUID, list[Recorded]] = {}
    for each in events:
        streams.setdefault(each.stream_id, []).append(each)
    known = [stream for stream, history in streams.items() if history[0].version > 1]
    before = await product_details.read(connection, schema, catalog, known) if known else {}
    return [_folded(before.get(stream), history) for stream, history in streams.items()]


def _folded(document: documents.ProductDocument | None, history: Sequence[Recorded]) -> Folded:
    for each in history:
        try:
            document = documents.apply(document, each)
        except Exception as error:
            raise Inapplicable(each) from error
    assert document is not None  # noqa: S101 -- a stream of a batch has an event
    return Folded(document, documents.encode(document), history)
