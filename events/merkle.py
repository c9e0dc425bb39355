"""The Merkle tree of RFC 9162: roots, proofs and their verification. Pure.

A proof is planned before it is made: which spans of leaves its hashes stand for follows from sizes
alone. So whoever makes one knows what to read, and whoever verifies one knows what he was given.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

HASH_BYTES = 32


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


def includes(root: bytes, size: int, index: int, leaf: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof leads from the leaf's hash at that index to the root."""
    if not 0 <= index < size or not _fits(proof, path := inclusion(index, size)):
        return False
    reached = leaf
    for span, sibling in zip(path, proof, strict=True):
        left = span.start < index
        reached = node_hash(sibling, reached) if left else node_hash(reached, sibling)
    return reached == root


def extends(new_root: bytes, new: int, old_root: bytes, old: int, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the tree of size `old` is how that of size `new` begins."""
    if not 1 <= old <= new or not _fits(proof, path := consistency(old, new)):
        return False
    if path and path[0].stop == old:
        reached_old = reached_new = proof[0]
        path, proof = path[1:], proof[1:]
    else:
        reached_old = reached_new = old_root
    for span, sibling in zip(path, proof, strict=True):
        if span.start < old:
            reached_old = node_hash(sibling, reached_old)
            reached_new = node_hash(sibling, reached_new)
        else:
            reached_new = node_hash(reached_new, sibling)
    return (reached_old, reached_new) == (old_root, new_root)


def _middle(start: int, stop: int) -> int:
    """Where a subtree divides: its left part is the largest complete one that leaves something."""
    return start + (1 << (stop - start - 1).bit_length() - 1)


def _fits(proof: Sequence[bytes], path: Sequence[Span]) -> bool:
    return len(proof) == len(path) and all(len(each) == HASH_BYTES for each in proof)
