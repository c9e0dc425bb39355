"""How many products lists have, remembered as long as nothing that is read has changed."""

from hashlib import sha256
from typing import NamedTuple

import msgspec

from queries.lists.filters import Filters

KEPT = 10_000
"""Totals, of some 300 bytes each."""


class _Counted(NamedTuple):
    state: str
    """Of what is read of the catalog, when it was counted."""
    total: int


class Totals:
    """Of a process. What was not asked for the longest is forgotten first."""

    def __init__(self) -> None:
        self._kept: dict[bytes, _Counted] = {}

    def find(self, catalog: str, filters: Filters, state: str) -> int | None:
        """What was counted in that state."""
        key = _key(catalog, filters)
        counted = self._kept.pop(key, None)
        if counted is None or counted.state != state:
            return None
        self._kept[key] = counted
        return counted.total

    def keep(self, catalog: str, filters: Filters, state: str, total: int) -> None:
        self._kept[_key(catalog, filters)] = _Counted(state, total)
        if len(self._kept) > KEPT:
            del self._kept[next(iter(self._kept))]


def _key(catalog: str, filters: Filters) -> bytes:
    """Filters may be long: so many bytes of each."""
    return sha256(msgspec.json.encode((catalog, filters))).digest()
