"""What a process remembers of SKUs: whose they are, which never changes, and which are nobody's."""

from dataclasses import dataclass, field
from time import monotonic
from uuid import UUID

from projections.cached import Announcement
from queries.memory import KEPT_SECONDS, NOTHING_HEARD, Found, Heard

OWNERS, NOBODYS = 100_000, 10_000
"""SKUs that are remembered of a catalog, at most."""


@dataclass(slots=True)
class _OfCatalog:
    owners: dict[str, UUID] = field(default_factory=dict)
    nobodys: dict[str, tuple[Found, float]] = field(default_factory=dict)
    heard: Heard = NOTHING_HEARD


class KnownSkus:
    def __init__(self, *, owners: int = OWNERS, nobodys: int = NOBODYS) -> None:
        self._most_owners, self._most_nobodys = owners, nobodys
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
        _put(self._of(catalog).owners, sku, product, self._most_owners)

    def keep_nobodys(self, catalog: str, sku: str, answer: Found, asked_at: float) -> None:
        """Unless a change was heard of since it was asked for."""
        known = self._of(catalog)
        if not known.heard.voids(answer, asked_at):
            _put(known.nobodys, sku, (answer, asked_at), self._most_nobodys)

    def forget(self, announced: Announcement) -> None:
        """Any change may be of a product that has just got its SKU.

        Owners are kept but where everything changed: the database may be another one.
        """
        known = self._of(announced.catalog)
        known.nobodys.clear()
        known.heard = Heard(monotonic(), announced.position)
        if announced.changed is None:
            known.owners.clear()

    def _of(self, catalog: str) -> _OfCatalog:
        return self._catalogs.setdefault(catalog, _OfCatalog())


def _put[V](kept: dict[str, V], sku: str, value: V, limit: int) -> None:
    """The one that came first makes room."""
    if sku not in kept and len(kept) >= limit:
        del kept[next(iter(kept))]
    kept[sku] = value
