"""Signed notes and their verifier keys, with Ed25519 (C2SP signed-note)."""

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
KEY_ID_BYTES = 4
KEY_BYTES = 32

_DASH = "\N{EM DASH} "
_NAME = re.compile(r"[^\s+]+")
_TEXT = re.compile(r"[^\x00-\x09\x0b-\x1f]+")
_SIGNATURE = re.compile(rf"{_DASH}(?P<name>[^\s+]+) (?P<signature>[A-Za-z0-9+/]+=*)")


class InvalidNote(ValueError):  # noqa: N818 -- it says what the note is
    """The note is malformed, or not signed by the key."""


class NotSigned(InvalidNote):
    """It is a note, but not one that the key has signed."""


class InvalidVerifierKey(ValueError):  # noqa: N818 -- as above
    """The text is no verifier key of Ed25519."""


@dataclass(frozen=True)
class VerifierKey:
    """Who may have signed a note: a name without white space or `+`, and 32 bytes (RFC 8032)."""

    name: str
    public_key: bytes

    @cached_property
    def key_id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public_key).digest()[
            :KEY_ID_BYTES
        ]

    def __str__(self) -> str:
        encoded = b64encode(ED25519 + self.public_key).decode()
        return f"{self.name}+{self.key_id.hex()}+{encoded}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises `InvalidVerifierKey`."""
        name, _, rest = text.partition("+")
        key_id, _, encoded = rest.partition("+")
        try:
            key = b64decode(encoded, validate=True)
        except ValueError:
            raise InvalidVerifierKey from None
        parsed = cls(name, key[1:])
        well_formed = _NAME.fullmatch(name) and key[:1] == ED25519 and len(key) == 1 + KEY_BYTES
        if not well_formed or parsed.key_id.hex() != key_id:
            raise InvalidVerifierKey
        return parsed


@dataclass(frozen=True)
class Signer:
    name: str
    private_key: Ed25519PrivateKey

    @cached_property
    def verifier_key(self) -> VerifierKey:
        return VerifierKey(self.name, self.private_key.public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """The note: the text, which ends with a newline, and the signature below it."""
        signature = self.verifier_key.key_id + self.private_key.sign(text.encode())
        return f"{text}\n{_DASH}{self.name} {b64encode(signature).decode()}\n"


def opened(note: str, key: VerifierKey) -> str:
    """The text of a note that `key` has signed, among others perhaps.

    Raises `InvalidNote`, and `NotSigned` of that kind for a note of others.
    """
    text, divider, signatures = note.rpartition("\n\n")
    text += "\n"
    if not divider or not _TEXT.fullmatch(text) or not signatures.endswith("\n"):
        raise InvalidNote
    ours = [each for each in map(_parse_signature, signatures[:-1].split("\n")) if _by(key, each)]
    if not ours:
        raise NotSigned
    for _, signature in ours:
        _verify(text, signature[KEY_ID_BYTES:], key)
    return text


def _parse_signature(line: str) -> tuple[str, bytes]:
    found = _SIGNATURE.fullmatch(line)
    if found is None:
        raise InvalidNote
    try:
        return found["name"], b64decode(found["signature"], validate=True)
    except ValueError:
        raise InvalidNote from None


def _by(key: VerifierKey, signed: tuple[str, bytes]) -> bool:
    name, signature = signed
    return (name, signature[:KEY_ID_BYTES]) == (key.name, key.key_id)


def _verify(text: str, signature: bytes, key: VerifierKey) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(key.public_key).verify(signature, text.encode())
    except InvalidSignature:
        raise NotSigned from None
