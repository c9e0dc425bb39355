"""How many products lists have, remembered as long as nothing that is read has changed."""

from hashlib import sha256
from typing import NamedTuple

import msgspec

from queries.lists.filters import Filters

KEPT = 10_000
"""Totals, of some 300 bytes each."""
KEPT_OF_PAST = 1_000
"""The same as of moments: there is no end of those, and they don't push out the present's."""


class _Counted(NamedTuple):
    state: str
    """Of what is read of the catalog, when it was counted."""
    total: int


class Totals:
    """Of a process. What was not asked for the longest is forgotten first."""

    def __init__(self, *, kept: int = KEPT, kept_of_past: int = KEPT_OF_PAST) -> None:
        self._present = _Room(kept)
        self._past = _Room(kept_of_past)

    def find(self, catalog: str, filters: Filters, state: str) -> int | None:
        """What was counted in that state."""
        return self._room(filters).find(_key(catalog, filters), state)

    def keep(self, catalog: str, filters: Filters, state: str, total: int) -> None:
        self._room(filters).keep(_key(catalog, filters), _Counted(state, total))

    def _room(self, filters: Filters) -> "_Room":
        return self._present if filters.as_of is None else self._past


class _Room:
    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept: dict[bytes, _Counted] = {}

    def find(self, key: bytes, state: str) -> int | None:
        counted = self._kept.pop(key, None)
        if counted is None or counted.state != state:
            return None
        self._kept[key] = counted
        return counted.total

    def keep(self, key: bytes, counted: _Counted) -> None:
        self._kept[key] = counted
        if len(self._kept) > self._limit:
            del self._kept[next(iter(self._kept))]


def _key(catalog: str, filters: Filters) -> bytes:
    """Filters may be long: so many bytes of each."""
    return sha256(msgspec.json.encode((catalog, filters))).digest()
