"""What a read model is given: each product of a batch, folded once for all of them."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from events.database import Connection
from events.recorded import Recorded
from projections.document import ProductDocument


@dataclass(frozen=True, slots=True)
class Folded:
    """A product after a batch, and the events of the batch that made it so."""

    document: ProductDocument
    body: bytes
    events: Sequence[Recorded]


type Write = Callable[[Connection, str, str, Sequence[Folded]], Awaitable[None]]
"""Brings a read model's tables, in a schema, to what became of the products of a catalog."""
