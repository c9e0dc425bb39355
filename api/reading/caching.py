"""Who may keep an answer, and for how long (RFC 9111)."""

from collections.abc import Collection, Mapping

from api.auth.roles import EVERYWHERE

PRIVATE: Mapping[str, str] = {
    "Cache-Control": "private, no-cache",
    "Vary": "Authorization, Accept-Encoding",
}
"""The caller's own cache, which asks each time whether it still holds."""


class Caching:
    """What is read of public catalogs may be kept by anybody, and handed to anybody.

    Answers that reflect a position which somebody asked for are kept apart from older ones.
    """

    def __init__(self, public_catalogs: Collection[str], *, max_age_seconds: int) -> None:
        self._public_catalogs = frozenset(public_catalogs)
        self._public = {
            "Cache-Control": f"public, max-age={max_age_seconds}",
            "Vary": "Accept-Encoding, Catalog-Min-Position",
        }

    def of(self, catalog: str) -> Mapping[str, str]:
        """The headers of an answer that is the same for all who may read the catalog."""
        public = not self._public_catalogs.isdisjoint({catalog, EVERYWHERE})
        return self._public if public else PRIVATE
