"""Products as they were at some version, and what the events behind that version changed."""

from collections import OrderedDict
from copy import copy
from typing import Self
from uuid import UUID

from events.recorded import Fact
from projections.document import ProductDocument, apply
from queries.audit.changes import Change, changes, fields, why

FIXED_BYTES = 2_000
"""What a document weighs beside the data of the events that it was folded from."""


class Folded:
    """A product up to `version`; from an event on that can't be read nobody knows what it is."""

    __slots__ = ("discarded", "document", "unknown", "version", "weight")

    def __init__(self, discarded: frozenset[int]) -> None:
        self.discarded = discarded
        self.document: ProductDocument | None = None
        self.unknown: str | None = None
        self.version = 0
        self.weight = FIXED_BYTES

    def forked(self) -> Self:
        """One that goes on by itself."""
        fork = copy(self)
        fork.document = copy(self.document)
        return fork

    @property
    def sku(self) -> str | None:
        return self.document.sku if self.document else None

    def fold(self, fact: Fact) -> None:
        self.version = fact.version
        if self.unknown is not None or fact.position in self.discarded:
            return
        try:
            self.document = apply(self.document, fact)
            self.weight += len(fact.data)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 -- whatever an event's handler stumbles over
            self.unknown = f"version {fact.version} can't be read: {why(error)}"

    def changed_by(self, fact: Fact) -> list[Change]:
        """Fold it, and tell what it changed."""
        before = fields(self.document)
        self.fold(fact)
        return changes(before, fields(self.document))


class FoldedProducts:
    """Those that were folded last, up to so many bytes: each event is folded once on a way."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._kept: OrderedDict[tuple[str, UUID], Folded] = OrderedDict()
        self._weight = 0

    def upto(self, catalog: str, product: UUID, version: int, discarded: frozenset[int]) -> Folded:
        """The nearest state that is not beyond `version`."""
        kept = self._kept.get((catalog, product))
        if kept is None or kept.version > version or kept.discarded != discarded:
            return Folded(discarded)
        return kept.forked()

    def keep(self, catalog: str, product: UUID, folded: Folded) -> None:
        key = catalog, product
        self._forget(key)
        self._kept[key] = folded
        self._weight += folded.weight
        while self._weight > self._limit:
            self._forget(next(iter(self._kept)))

    def _forget(self, key: tuple[str, UUID]) -> None:
        if (kept := self._kept.pop(key, None)) is not None:
            self._weight -= kept.weight
