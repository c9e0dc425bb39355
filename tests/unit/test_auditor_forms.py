"""The auditor's own notes, trees and canonical JSON, against those of the service."""

import json
from hashlib import sha256

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

import verify_log
from events import merkle
from events.checkpoints import TreeHead
from events.notes import InvalidNote, VerifierKey
from tests.unit import test_notes as notes

DIGESTS = [sha256(bytes([n])).digest() for n in range(33)]
LEAVES = [merkle.leaf_hash(digest) for digest in DIGESTS]
SIZES = range(1, len(LEAVES) + 1)
KEY = verify_log.verifier_key(str(notes.key))
SAID = TreeHead("catalog.local/main", 3, bytes(range(32)))
NOTE = SAID.signed(notes.ours)

_texts = st.text(st.characters(codec="utf-8"), max_size=4)
_values = st.recursive(
    _texts | st.integers(-(2**53) + 1, 2**53 - 1) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=4),
)


def _proof(spans: list[merkle.Span]) -> list[bytes]:
    return [merkle.root(LEAVES[start:stop]) for start, stop in spans]


@pytest.mark.parametrize("size", SIZES)
def test_a_tree_grows_to_the_root_of_its_leaves(size: int) -> None:
    tree = verify_log.Tree()
    for digest in DIGESTS[:size]:
        tree.add(digest)
    assert tree.root() == merkle.root(LEAVES[:size])


@pytest.mark.parametrize("size", SIZES)
def test_a_proof_of_inclusion_leads_to_the_root(size: int) -> None:
    for index in range(size):
        proof = _proof(merkle.inclusion(index, size))
        reached = verify_log.root_by_inclusion(DIGESTS[index], index, size, proof)
        assert (reached, proof) == (merkle.root(LEAVES[:size]), [])


@pytest.mark.parametrize("size", SIZES)
def test_a_proof_of_consistency_leads_to_both_roots(size: int) -> None:
    for old in range(1, size + 1):
        proof = _proof(merkle.consistency(old, size))
        roots = merkle.root(LEAVES[:old]), merkle.root(LEAVES[:size])
        assert verify_log.roots_by_consistency(old, size, proof, roots[0]) == roots
        assert proof == []


@pytest.mark.parametrize("size", SIZES[1:])
def test_a_proof_has_its_length(size: int) -> None:
    short = _proof(merkle.inclusion(0, size))[1:]
    with pytest.raises(verify_log.Fault, match="too short"):
        verify_log.root_by_inclusion(DIGESTS[0], 0, size, short)
    short = _proof(merkle.consistency(size - 1, size))[1:]
    with pytest.raises(verify_log.Fault, match="too short"):
        verify_log.roots_by_consistency(size - 1, size, short, None)


def test_an_empty_tree_has_the_hash_of_nothing() -> None:
    assert verify_log.Tree().root() == sha256().digest()


@given(_values)
def test_json_is_canonical(value: object) -> None:
    text = json.dumps({"value": value}, indent=1)
    assert verify_log.canonical(verify_log.parsed(text)).encode() == rfc8785.dumps(json.loads(text))


def test_numbers_are_hashed_as_they_are_written() -> None:
    text = '{"a":[0.1,1e-7,1e+21,9007199254740993,-0.5]}'
    assert verify_log.canonical(verify_log.parsed(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1,"a":1}',
        '{"a":{"b":1,"b":2}}',
        "[]",
        "1",
        "",
        "{",
        b"\xff",
        '{"a":1}{}',
        '{"a":NaN}',
        '{"a":-Infinity}',
        '{"a":1}'.encode("utf-16"),
    ],
)
def test_what_is_no_object_or_says_something_twice_is_refused(text: str | bytes) -> None:
    with pytest.raises(verify_log.Fault):
        verify_log.parsed(text)


def test_a_signed_checkpoint_is_read() -> None:
    assert verify_log.checkpoint(NOTE, KEY) == (SAID.origin, SAID.size, SAID.root)


def test_a_witness_may_sign_as_well() -> None:
    by_another = SAID.signed(notes.theirs).splitlines(keepends=True)[-1]
    assert verify_log.checkpoint(NOTE + by_another, KEY).size == 3


def test_a_position_has_as_many_digits_as_a_log_may_need() -> None:
    longest = verify_log.parsed(f'{{"position":{2**63 - 1}}}')
    assert verify_log.number(longest, "position") == 2**63 - 1
    longer = verify_log.parsed(f'{{"position":{"1" * 5_000}}}')
    with pytest.raises(verify_log.Fault, match="no whole number"):
        verify_log.number(longer, "position")


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85"])
def test_a_signature_is_a_line_of_its_own(separator: str) -> None:
    """As the service has it: only a line feed ends a line."""
    witnessed = NOTE.replace("\n\n", f"\n\n— witness AAAA{separator}")
    with pytest.raises(verify_log.Fault):
        verify_log.checkpoint(witnessed, KEY)
    with pytest.raises(InvalidNote):
        TreeHead.of(witnessed, notes.key)


@pytest.mark.parametrize(
    "note",
    [
        NOTE.replace("3", "4", 1),
        NOTE[:-1],
        NOTE + "\n",
        NOTE.replace("—", "-"),
        NOTE.replace("\n\n", "\n"),
        NOTE.replace("local/main", "local\t/main"),
        "",
        SAID.signed(notes.theirs),
        notes.ours.sign("catalog.local/main\n03\n" + NOTE.splitlines()[2] + "\n"),
        notes.ours.sign("catalog.local/main\n3\nroot\n"),
        notes.ours.sign("catalog.local/main\n0\n" + NOTE.splitlines()[2] + "\n"),
        notes.ours.sign("catalog.local/main\n"),
        notes.ours.sign(f"catalog.local/main\n{'3' * 5_000}\n" + NOTE.splitlines()[2] + "\n"),
    ],
)
def test_what_is_no_signed_checkpoint_is_refused(note: str) -> None:
    with pytest.raises(verify_log.Fault):
        verify_log.checkpoint(note, KEY)


def test_a_published_note_and_key_are_known() -> None:
    key = verify_log.verifier_key(notes.PUBLISHED_KEY)
    with pytest.raises(verify_log.Fault, match="no checkpoint"):
        verify_log.checkpoint(notes.PUBLISHED_NOTE, key)
    with pytest.raises(InvalidNote):
        TreeHead.of(notes.PUBLISHED_NOTE, VerifierKey.parse(notes.PUBLISHED_KEY))
