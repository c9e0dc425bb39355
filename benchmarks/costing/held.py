"""The memory that processes hold."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

import psutil

MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Held:
    """In bytes, pages that several processes share: counted whole, by their share, not at all.

    Only Linux tells of shares.
    """

    resident: int = 0
    proportional: int = 0
    unique: int = 0

    def __add__(self, other: Self) -> "Held":
        return Held(
            self.resident + other.resident,
            self.proportional + other.proportional,
            self.unique + other.unique,
        )

    def highest(self, other: Self) -> "Held":
        return Held(
            max(self.resident, other.resident),
            max(self.proportional, other.proportional),
            max(self.unique, other.unique),
        )


def held(pids: Iterable[int]) -> Held:
    """By all of them that are there."""
    total = Held()
    for each in pids:
        with suppress(psutil.NoSuchProcess):
            told = psutil.Process(each).memory_full_info()
            total += Held(told.rss, getattr(told, "pss", 0), told.uss)
    return total
