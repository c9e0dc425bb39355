"""The tree against the definitions of RFC 9162, section 2.1, and against known roots."""

from collections.abc import Callable
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.merkle import Span, consistency, inclusion, leaf_hash, node_hash, root
from tests.proofs import extends, includes

LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""Of the first 0 to 8 leaves, as Certificate Transparency's implementations publish them."""

sizes = st.integers(1, 300)


def data(size: int) -> list[bytes]:
    return [sha256(number.to_bytes(2)).digest() for number in range(size)]


def mth(leaves: list[bytes]) -> bytes:
    """2.1.1, word for word."""
    match leaves:
        case []:
            return sha256(b"").digest()
        case [only]:
            return sha256(b"\x00" + only).digest()
        case _:
            k = split(len(leaves))
            return sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path(m: int, leaves: list[bytes]) -> list[bytes]:
    """2.1.3.1, word for word."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m: int, leaves: list[bytes], *, known: bool) -> list[bytes]:
    """2.1.4.1, word for word."""
    if m == len(leaves):
        return [] if known else [mth(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], known=known), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], known=False), mth(leaves[:k])]


def split(n: int) -> int:
    """The largest power of two smaller than n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def hashes(spans: list[Span], leaves: list[bytes]) -> list[bytes]:
    return [root([leaf_hash(leaf) for leaf in leaves[span.start : span.stop]]) for span in spans]


@pytest.mark.parametrize("size", range(9))
def test_the_roots_are_the_published_ones(size: int) -> None:
    assert root([leaf_hash(leaf) for leaf in LEAVES[:size]]).hex() == ROOTS[size]


@given(sizes)
def test_a_root_is_as_defined(size: int) -> None:
    leaves = data(size)
    assert root([leaf_hash(leaf) for leaf in leaves]) == mth(leaves)


@given(sizes, st.data())
def test_an_inclusion_proof_is_as_defined_and_verifies(size: int, drawn: st.DataObject) -> None:
    index = drawn.draw(st.integers(0, size - 1))
    leaves = data(size)
    proof = hashes(inclusion(index, size), leaves)
    assert proof == path(index, leaves)
    assert includes(mth(leaves), size, index, leaves[index], proof)


@given(sizes, st.data())
def test_a_consistency_proof_is_as_defined_and_verifies(size: int, drawn: st.DataObject) -> None:
    old = drawn.draw(st.integers(1, size))
    leaves = data(size)
    proof = hashes(consistency(old, size), leaves)
    assert proof == subproof(old, leaves, known=True)
    assert extends(mth(leaves), size, mth(leaves[:old]), old, proof)


def flipped(hash_: bytes) -> bytes:
    return bytes([hash_[0] ^ 1, *hash_[1:]])


TAMPERING: list[Callable[[list[bytes], int], list[bytes]]] = [
    lambda proof, at: [*proof[:at], flipped(proof[at]), *proof[at + 1 :]],
    lambda proof, at: [*proof[:at], *proof[at + 1 :]],
    lambda proof, at: [*proof[:at], proof[at], *proof[at:]],
    lambda proof, at: [*proof[:at], proof[at][:-1], *proof[at + 1 :]],
]


@pytest.mark.parametrize("tamper", TAMPERING)
@given(size=st.integers(2, 300), drawn=st.data())
def test_a_tampered_proof_fails(
    tamper: Callable[[list[bytes], int], list[bytes]], size: int, drawn: st.DataObject
) -> None:
    leaves = data(size)
    index, old = drawn.draw(st.integers(0, size - 1)), drawn.draw(st.integers(1, size - 1))
    included, extended = path(index, leaves), subproof(old, leaves, known=True)
    here, there = (drawn.draw(st.integers(0, len(each) - 1)) for each in (included, extended))
    leaf = leaves[index]
    assert not includes(mth(leaves), size, index, leaf, tamper(included, here))
    assert not extends(mth(leaves), size, mth(leaves[:old]), old, tamper(extended, there))


@given(size=st.integers(2, 300), drawn=st.data())
def test_a_proof_proves_nothing_else(size: int, drawn: st.DataObject) -> None:
    leaves = data(size)
    tree = mth(leaves)
    index = drawn.draw(st.integers(0, size - 1))
    other = drawn.draw(st.integers(0, size - 1).filter(lambda each: each != index))
    leaf, proof = leaves[index], path(index, leaves)
    assert not includes(tree, size, index, flipped(leaf), proof)
    assert not includes(flipped(tree), size, index, leaf, proof)
    assert not includes(tree, size, other, leaf, proof)


@given(size=st.integers(2, 300), drawn=st.data())
def test_a_tree_extends_none_but_its_own_beginnings(size: int, drawn: st.DataObject) -> None:
    leaves = data(size)
    old = drawn.draw(st.integers(1, size))
    new_root, old_root = mth(leaves), mth(leaves[:old])
    proof = subproof(old, leaves, known=True)
    assert not extends(flipped(new_root), size, old_root, old, proof)
    assert not extends(new_root, size, flipped(old_root), old, proof)


def test_a_node_is_no_leaf() -> None:
    left, right = leaf_hash(b"1"), leaf_hash(b"2")
    assert node_hash(left, right) != leaf_hash(left + right)
