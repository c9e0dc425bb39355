"""Which of the tree's hashes are kept, and how a tree grows by them. Pure.

Kept are the leaves (level 0) and the roots of complete subtrees of 256 leaves (level 1), of 256²
(level 2), and so on: a 255th more rows than leaves. The root of any span is the root over at most
255 of them of each level.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from events.merkle import Span, root

PAGE_BITS = 8
PAGE = 1 << PAGE_BITS


class Run(NamedTuple):
    """Kept hashes of one level, from index `start` up to, not including, `stop`."""

    level: int
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Node:
    """The root of the `index`th complete subtree of 256^`level` leaves."""

    level: int
    index: int
    hash: bytes


def runs(span: Span) -> list[Run]:
    """What the root of a span, as proofs name them, is made of: a run a level, the lowest first."""
    level, (start, stop) = 0, span
    found: list[Run] = []
    while start % PAGE == 0 and start // PAGE < stop // PAGE:
        found.append(Run(level, stop // PAGE * PAGE, stop))
        level, start, stop = level + 1, start // PAGE, stop // PAGE
    return [*found, Run(level, start, stop)]


def root_over(levels: Iterable[Sequence[bytes]]) -> bytes:
    """The root of the span whose runs have these hashes: what is below comes last."""
    below: list[bytes] = []
    for hashes in levels:
        below = [root([*hashes, *below])] if hashes or below else []
    return root(below)


@dataclass(slots=True)
class Frontier:
    """A tree of `size` leaves, as the at most 255 hashes a level that further leaves need."""

    size: int = 0
    levels: list[list[bytes]] = field(default_factory=list)

    @property
    def root(self) -> bytes:
        return root_over(self.levels)

    def extend(self, leaves: Iterable[bytes]) -> list[Node]:
        """Add the hashes of further leaves; the nodes that they completed."""
        completed: list[Node] = []
        for leaf in leaves:
            self.size += 1
            self._add(leaf, completed)
        return completed

    def _add(self, leaf: bytes, completed: list[Node]) -> None:
        level, added = 0, leaf
        while True:
            if level == len(self.levels):
                self.levels.append([])
            page = self.levels[level]
            page.append(added)
            if len(page) < PAGE:
                return
            level, added = level + 1, root(page)
            page.clear()
            completed.append(Node(level, (self.size >> PAGE_BITS * level) - 1, added))
