"""What a process remembers of SKUs: whose they are, which never changes, and which are nobody's."""

from dataclasses import dataclass, field
from time import monotonic
from uuid import UUID

from projections.cached import Announcement
from queries.memory import KEPT_SECONDS, NOTHING_HEARD, Found, Heard

REMEMBERED = 100_000
"""SKUs, of all catalogs."""


@dataclass(slots=True)
class _OfCatalog:
    owners: dict[str, UUID] = field(default_factory=dict)
    nobodys: dict[str, tuple[Found, float]] = field(default_factory=dict)
    heard: Heard = NOTHING_HEARD

    def clear(self) -> None:
        self.owners.clear()
        self.nobodys.clear()


class KnownSkus:
    def __init__(self, limit: int = REMEMBERED) -> None:
        self._limit = limit
        self._size = 0
        self._catalogs: dict[str, _OfCatalog] = {}

    def owner(self, catalog: str, sku: str) -> UUID | None:
        return self._of(catalog).owners.get(sku)

    def nobodys(self, catalog: str, sku: str, minimum: int) -> Found | None:
        """The answer that there is none, where it reflects `minimum`."""
        answer, asked_at = self._of(catalog).nobodys.get(sku, (None, 0.0))
        if answer is None or monotonic() - asked_at >= KEPT_SECONDS:
            return None
        return answer if answer.position >= minimum else None

    def keep_owner(self, catalog: str, sku: str, product: UUID) -> None:
        self._make_room()
        self._of(catalog).owners[sku] = product

    def keep_nobodys(self, catalog: str, sku: str, answer: Found, asked_at: float) -> None:
        """Unless a change was heard of since it was asked for."""
        known = self._of(catalog)
        if not known.heard.voids(answer, asked_at):
            self._make_room()
            known.nobodys[sku] = (answer, asked_at)

    def forget(self, announced: Announcement) -> None:
        """Any change may be of a product that has just got its SKU."""
        known = self._of(announced.catalog)
        known.nobodys.clear()
        known.heard = Heard(monotonic(), announced.position)

    def _of(self, catalog: str) -> _OfCatalog:
        return self._catalogs.setdefault(catalog, _OfCatalog())

    def _make_room(self) -> None:
        self._size += 1
        if self._size > self._limit:
            for known in self._catalogs.values():
                known.clear()
            self._size = 1
