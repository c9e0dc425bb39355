"""Who may keep an answer, and for how long (RFC 9111)."""

from collections.abc import Collection, Mapping

from api.auth.roles import EVERYWHERE

type RawHeaders = Mapping[bytes, bytes]
"""By names in lower case, as ASGI has them."""

PRIVATE: RawHeaders = {
    b"cache-control": b"private, no-cache",
    b"vary": b"Authorization, Accept-Encoding",
}
"""The caller's own cache, which asks each time whether it still holds."""


class Caching:
    """What is read of public catalogs may be kept by anybody, and handed to anybody.

    Answers that reflect a position which somebody asked for are kept apart from older ones.
    """

    def __init__(self, public_catalogs: Collection[str], *, max_age_seconds: int) -> None:
        self._public_catalogs = frozenset(public_catalogs)
        self._public = {
            b"cache-control": b"public, max-age=%d" % max_age_seconds,
            b"vary": b"Accept-Encoding, Catalog-Min-Position",
        }

    def of(self, catalog: str) -> RawHeaders:
        """The headers of an answer that is the same for all who may read the catalog."""
        public = not self._public_catalogs.isdisjoint({catalog, EVERYWHERE})
        return self._public if public else PRIVATE
