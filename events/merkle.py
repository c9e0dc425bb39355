"""The Merkle tree of RFC 9162: roots, and the subtrees that prove something. Pure.

A proof is planned before it is made: which spans of leaves its hashes stand for follows from sizes
alone. So whoever makes one knows what to read.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple


class Span(NamedTuple):
    """The leaves from index `start` up to, not including, `stop`: one subtree of a tree."""

    start: int
    stop: int


def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def root(hashes: Sequence[bytes]) -> bytes:
    """The Merkle Tree Hash (2.1.1) over leaf hashes, or over roots of equal, complete subtrees.

    The last of them may be the root of a smaller subtree.
    """
    if not hashes:
        return sha256().digest()
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=False)
        odd = hashes[-1:] if len(hashes) % 2 else ()
        hashes = [*(node_hash(left, right) for left, right in pairs), *odd]
    return hashes[0]


def inclusion(index: int, size: int) -> list[Span]:
    """The subtrees whose roots prove that a leaf is in the tree of that size (2.1.3.1)."""
    start, stop = 0, size
    path: list[Span] = []
    while stop - start > 1:
        middle = _middle(start, stop)
        if index < middle:
            path.append(Span(middle, stop))
            stop = middle
        else:
            path.append(Span(start, middle))
            start = middle
    return path[::-1]


def consistency(old: int, new: int) -> list[Span]:
    """The subtrees whose roots prove that the tree of size `old` begins that of `new` (2.1.4.1)."""
    start, stop = 0, new
    path: list[Span] = []
    while stop > old:
        middle = _middle(start, stop)
        if old <= middle:
            path.append(Span(middle, stop))
            stop = middle
        else:
            path.append(Span(start, middle))
            start = middle
    known = [] if start == 0 else [Span(start, stop)]
    return [*known, *path[::-1]]


def _middle(start: int, stop: int) -> int:
    """Where a subtree divides: its left part is the largest complete one that leaves something."""
    return start + (1 << (stop - start - 1).bit_length() - 1)
