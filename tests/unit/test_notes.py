"""Signed notes, among them one that Go's package of notes publishes as its example."""

from base64 import b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from events.notes import InvalidNote, InvalidVerifierKey, Signer, VerifierKey, opened

PUBLISHED_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PUBLISHED_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
PUBLISHED_NOTE = (
    f"{PUBLISHED_TEXT}\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdn"
    "gotpRZb6KE6RyyBwJnAM=\n"
)
TEXT = "catalog.local/main\n3\nroot\n"

ours = Signer("catalog.local", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
theirs = Signer("witness.example", Ed25519PrivateKey.from_private_bytes(bytes(32)))
key = ours.verifier_key
note = ours.sign(TEXT)
signature = note.splitlines(keepends=True)[-1]


def test_a_published_note_opens_with_its_published_key() -> None:
    assert opened(PUBLISHED_NOTE, VerifierKey.parse(PUBLISHED_KEY)) == PUBLISHED_TEXT


def test_a_key_is_written_as_it_was_read() -> None:
    assert str(VerifierKey.parse(PUBLISHED_KEY)) == PUBLISHED_KEY
    assert VerifierKey.parse(str(key)) == key


def test_what_was_signed_opens() -> None:
    assert opened(note, key) == TEXT


def test_others_may_have_signed_before_and_after() -> None:
    by_others = theirs.sign(TEXT).splitlines(keepends=True)[-1]
    assert opened(f"{TEXT}\n{by_others}{signature}{by_others}", key) == TEXT


def test_a_text_may_hold_blank_lines() -> None:
    text = "first\n\nsecond\n"
    assert opened(ours.sign(text), key) == text


def with_signature(raw: bytes, name: str = key.name) -> str:
    return f"{TEXT}\n— {name} {b64encode(raw).decode()}\n"


@pytest.mark.parametrize(
    "tampered",
    [
        note.replace("3", "4", 1),
        note.replace("3\n", "3\n\n", 1),
        note[:-1],
        note + "\n",
        f"{note}more\n",
        note.replace("—", "-"),
        note.replace("local/main", "local\t/main"),
        "",
        TEXT,
        f"\n\n{signature}",
        f"{TEXT}{signature}",
        f"{TEXT}\n",
        theirs.sign(TEXT),
        Signer(ours.name, theirs.private_key).sign(TEXT),
        Signer("other", ours.private_key).sign(TEXT),
        with_signature(key.key_id),
        with_signature(key.key_id + bytes(64)),
        with_signature(key.key_id + ours.private_key.sign(TEXT.encode()) + b"0"),
        f"{TEXT}\n— {key.name} A\n",
        f"{TEXT}\n— {key.name} \n",
        note + with_signature(key.key_id + bytes(64)).splitlines(keepends=True)[-1],
    ],
)
def test_what_was_not_signed_so_does_not_open(tampered: str) -> None:
    with pytest.raises(InvalidNote):
        opened(tampered, key)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PeterNeumann",
        "PeterNeumann+c74f20a3",
        PUBLISHED_KEY.replace("c74f20a3", "c74f20a4"),
        PUBLISHED_KEY.replace("c74f20a3", "C74F20A3"),
        PUBLISHED_KEY.replace("PeterNeumann", "Peter Neumann"),
        PUBLISHED_KEY.replace("PeterNeumann", ""),
        PUBLISHED_KEY.replace("+AR", "+AZ"),
        PUBLISHED_KEY[:-4],
        f"{PUBLISHED_KEY}é",
        PUBLISHED_KEY.replace("+ARpc", "+BRpc"),
    ],
)
def test_what_is_no_key_is_not_taken_for_one(text: str) -> None:
    with pytest.raises(InvalidVerifierKey):
        VerifierKey.parse(text)
