"""The auditor's own Ed25519, against RFC 8032 and against the library that signs."""

import random
from collections.abc import Callable
from hashlib import sha512

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import verify_log

VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        b"",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155",
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        b"\x72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da",
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        b"\xaf\x82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac",
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        sha512(b"abc").digest(),
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589",
        "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
]
"""Section 7.1, tests 1, 2, 3 and SHA(abc): public key, message, the signature's R and S."""

P, L = verify_log.P, verify_log.L


def _signed(seed: int) -> tuple[bytes, bytes, bytes]:
    chance = random.Random(seed)
    private = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32))
    message = chance.randbytes(chance.randrange(200))
    return private.public_key().public_bytes_raw(), message, private.sign(message)


def _flipped(value: bytes, bit: int) -> bytes:
    return (int.from_bytes(value, "big") ^ 1 << bit % (8 * len(value))).to_bytes(len(value), "big")


@pytest.mark.parametrize(("key", "message", "r", "s"), VECTORS)
def test_the_vectors_of_the_rfc_are_verified(key: str, message: bytes, r: str, s: str) -> None:
    public_key, signature = bytes.fromhex(key), bytes.fromhex(r + s)
    assert verify_log.signed(public_key, message, signature)
    assert not verify_log.signed(public_key, message + b".", signature)


@pytest.mark.parametrize("seed", range(12))
def test_what_the_library_signs_is_verified_and_no_bit_of_it_may_change(seed: int) -> None:
    key, message, signature = _signed(seed)
    assert verify_log.signed(key, message, signature)
    for bit in random.Random(seed).sample(range(512), 6):
        assert not verify_log.signed(key, message, _flipped(signature, bit))
    assert not verify_log.signed(_flipped(key, seed * 21), message, signature)
    assert not verify_log.signed(key, message + b"\0", signature)


def test_another_key_s_signature_is_refused() -> None:
    key, _, _ = _signed(1)
    _, message, signature = _signed(2)
    assert not verify_log.signed(key, message, signature)


def test_a_scalar_has_one_form() -> None:
    key, message, signature = _signed(3)
    scalar = int.from_bytes(signature[32:], "little")
    again = signature[:32] + (scalar + L).to_bytes(32, "little")
    assert not verify_log.signed(key, message, again)


@pytest.mark.parametrize("cut", [lambda it: it[:-1], lambda it: it + b"\0", lambda _: b""])
def test_lengths_are_those_of_the_rfc(cut: Callable[[bytes], bytes]) -> None:
    key, message, signature = _signed(4)
    assert not verify_log.signed(cut(key), message, signature)
    assert not verify_log.signed(key, message, cut(signature))


@pytest.mark.parametrize(
    "encoded",
    [
        pytest.param(P + 1, id="a second form of y = 1"),
        pytest.param(P, id="a second form of y = 0"),
        pytest.param(2**255 - 1, id="the largest second form"),
        pytest.param(1 | 1 << 255, id="x = 0 with a sign"),
        pytest.param(2, id="no x for this y"),
    ],
)
def test_only_canonical_points_of_the_curve_are_points(encoded: int) -> None:
    with pytest.raises(verify_log.Fault):
        verify_log.point(encoded.to_bytes(32, "little"))
    _, message, signature = _signed(5)
    assert not verify_log.signed(encoded.to_bytes(32, "little"), message, signature)


def test_a_point_is_encoded_as_it_was_decoded() -> None:
    for seed in range(20):
        key, _, _ = _signed(seed)
        assert verify_log.encoded(verify_log.point(key)) == key


def test_the_base_point_has_the_order_of_the_group() -> None:
    neutral = verify_log.encoded(verify_log.NEUTRAL)
    assert verify_log.encoded(verify_log.times(L, verify_log.BASE)) == neutral
