"""What a read model is given: each product of a batch, folded once for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Table

from events.database import Connection
from events.recorded import Recorded
from projections.document import ProductDocument


@dataclass(frozen=True, slots=True)
class Folded:
    """A product after a batch, and the events of the batch that made it so."""

    document: ProductDocument
    body: bytes
    events: Sequence[Recorded]

    @property
    def position(self) -> int:
        return self.events[-1].position


class ReadModel(Protocol):
    """A file of its own: its tables, and how a batch of one catalog changes them."""

    @property
    def TABLES(self) -> Sequence[Table]: ...  # noqa: N802 -- a constant of a module

    async def write(
        self, connection: Connection, schema: str, catalog: str, products: Sequence[Folded]
    ) -> None: ...
