"""Proofs as an auditor checks them: with the one file that is handed to him."""

from collections.abc import Sequence

import verify_log


def includes(root: bytes, size: int, index: int, digest: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof leads from the leaf's digest at that index to the root."""
    left = list(proof)
    try:
        return verify_log.root_by_inclusion(digest, index, size, left) == root and not left
    except verify_log.Fault:
        return False


def extends(new_root: bytes, new: int, old_root: bytes, old: int, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the tree of size `old` is how that of size `new` begins."""
    left = list(proof)
    try:
        roots = verify_log.roots_by_consistency(old, new, left, old_root)
    except verify_log.Fault:
        return False
    return roots == (old_root, new_root) and not left
