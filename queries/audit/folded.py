"""Products as they were at some version, and what the events behind that version changed."""

from collections import OrderedDict
from collections.abc import Iterable
from copy import copy
from typing import NamedTuple, Self
from uuid import UUID

from events.errors import Undecodable
from events.recorded import Fact
from projections.document import ProductDocument, encode
from queries.audit.changes import Change, changes, fields
from queries.audit.way import applied

FIXED_BYTES = 2_000
"""What a product weighs beside its document as JSON."""
PLACES = 8
"""Of one product that are remembered, for who walk along the same log one behind the other."""


class Folded:
    """A product up to `version`.

    From an event on that can't be read or is missing nobody knows what it is.
    """

    __slots__ = ("discarded", "document", "unknown", "version")

    def __init__(self, discarded: frozenset[int]) -> None:
        self.discarded = discarded
        self.document: ProductDocument | None = None
        self.unknown: str | None = None
        self.version = 0

    def forked(self) -> Self:
        """One that goes on by itself."""
        fork = copy(self)
        fork.document = copy(self.document)
        return fork

    @property
    def sku(self) -> str | None:
        return self.document.sku if self.document else None

    def fold(self, fact: Fact) -> None:
        expected, self.version = self.version + 1, fact.version
        if self.unknown is None and fact.version != expected:
            self.unknown = f"version {expected} is missing"
        if self.unknown is not None or fact.position in self.discarded:
            return
        try:
            self.document = applied(self.document, fact)
        except Undecodable as error:
            self.unknown = f"version {fact.version} can't be read: {error.members['reason']}"

    def changed_by(self, fact: Fact) -> list[Change]:
        """Fold it, and tell what it changed."""
        before = fields(self.document)
        self.fold(fact)
        return changes(before, fields(self.document))


class _Kept(NamedTuple):
    folded: Folded
    weight: int


class FoldedProducts:
    """Those that were folded last, up to so many bytes: each event is folded once on a way."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._kept: OrderedDict[tuple[str, UUID], tuple[_Kept, ...]] = OrderedDict()
        self._weight = 0

    def upto(self, catalog: str, product: UUID, version: int, discarded: frozenset[int]) -> Folded:
        """The nearest state that is not beyond `version`."""
        kept = (each.folded for each in self._kept.get((catalog, product), ()))
        near = [each for each in kept if each.version <= version and each.discarded == discarded]
        return max(near, key=_version).forked() if near else Folded(discarded)

    def keep(self, catalog: str, product: UUID, folded: Folded) -> None:
        key = catalog, product
        others = [each for each in self._forgotten(key) if each.folded.version != folded.version]
        kept = _Kept(folded, FIXED_BYTES + len(encode(folded.document)))
        self._kept[key] = (*others, kept)[-PLACES:]
        self._weight += _weight(self._kept[key])
        while self._weight > self._limit:
            self._forgotten(next(iter(self._kept)))

    def _forgotten(self, key: tuple[str, UUID]) -> tuple[_Kept, ...]:
        kept = self._kept.pop(key, ())
        self._weight -= _weight(kept)
        return kept


def _version(folded: Folded) -> int:
    return folded.version


def _weight(kept: Iterable[_Kept]) -> int:
    return sum(each.weight for each in kept)
