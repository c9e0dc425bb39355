"""What a process remembers of products: bounded, forgotten as soon as it hears of a change."""

from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass
from math import inf
from time import monotonic
from uuid import UUID

from projections.cached import Announcement
from queries.answer import Answer
from queries.document import Document

KEPT_SECONDS = 2.0
"""The oldest that an answer may be, counted from when it was asked for."""
OVERHEAD_BYTES = 1_000
"""Of an answer beside its document, about."""

type Found = Answer[Document | None]


@dataclass(frozen=True, slots=True)
class _Kept:
    answer: Found
    asked_at: float


@dataclass(frozen=True, slots=True)
class Heard:
    """The last word that something changed."""

    at: float
    position: int

    def voids(self, answer: Found, asked_at: float) -> bool:
        """Whether it was asked for before, or is of a replica that had not come so far."""
        return asked_at <= self.at or answer.position < self.position


NOTHING_HEARD = Heard(-inf, 0)


class ProductMemory:
    """Answers about products, those that there is none included."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._bytes = 0
        self._kept: dict[str, dict[UUID, _Kept]] = {}
        self._order: deque[tuple[str, UUID, _Kept]] = deque()
        self._heard: dict[Hashable, Heard] = {}

    def find(self, catalog: str, product: UUID, minimum: int) -> Found | None:
        """None unless it reflects `minimum`."""
        kept = self._kept.get(catalog, {}).get(product)
        if kept is None or monotonic() - kept.asked_at >= KEPT_SECONDS:
            return None
        return kept.answer if kept.answer.position >= minimum else None

    def keep(self, catalog: str, product: UUID, answer: Found, asked_at: float) -> None:
        """Unless a change was heard of since it was asked for, or something newer is here."""
        self._drop_old()
        shelf = self._kept.setdefault(catalog, {})
        here = shelf.get(product)
        if here and _is_older(answer, here.answer):
            return
        for place in (catalog, (catalog, product)):
            heard = self._heard.get(place)
            if heard and heard.voids(answer, asked_at):
                return
        kept = shelf[product] = _Kept(answer, asked_at)
        self._order.append((catalog, product, kept))
        self._bytes += _size(answer)
        self._drop_old()

    def forget(self, announced: Announcement) -> None:
        """What has changed; all of the catalog where it is not told what."""
        self._drop_old()
        heard = Heard(monotonic(), announced.position)
        if announced.changed is None:
            self._kept.pop(announced.catalog, None)
            self._hear(announced.catalog, heard)
            return
        shelf = self._kept.get(announced.catalog, {})
        for product in announced.changed:
            shelf.pop(product, None)
            self._hear((announced.catalog, product), heard)

    def _hear(self, place: Hashable, heard: Heard) -> None:
        self._heard.pop(place, None)
        self._heard[place] = heard

    def _drop_old(self) -> None:
        """In the order in which they came. A word that is older than any answer voids none."""
        too_old = monotonic() - KEPT_SECONDS
        while self._order and (self._order[0][2].asked_at < too_old or self._bytes > self._limit):
            catalog, product, kept = self._order.popleft()
            self._bytes -= _size(kept.answer)
            shelf = self._kept.get(catalog, {})
            if shelf.get(product) is kept:
                del shelf[product]
        while self._heard and self._heard[place := next(iter(self._heard))].at < too_old:
            del self._heard[place]


def _is_older(answer: Found, here: Found) -> bool:
    """By position or by version: a document may be newer than the position that vouches for it."""
    return answer.position < here.position or _version(answer) < _version(here)


def _version(answer: Found) -> int:
    return answer.value.version if answer.value else 0


def _size(answer: Found) -> int:
    """Other forms of a document are smaller than it is."""
    return OVERHEAD_BYTES + (2 * len(answer.value.body) if answer.value else 0)
