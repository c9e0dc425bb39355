#!/usr/bin/env python3
"""Checks a catalog's log without trusting whoever keeps it: one file, the standard library, a key.

    python3 -I verify_log.py log EXPORT --key VKEY --checkpoint NOTE [--checkpoint NOTE …]
    python3 -I verify_log.py inclusion ANSWER.json --key VKEY
    python3 -I verify_log.py consistency NOTE ANSWER.json --key VKEY

EXPORT is what `catalog export` wrote, NOTE a signed checkpoint that was kept,
ANSWER.json what the API answered to a question for a proof. What is checked goes to standard
output, each fault with its line or position as well. Exit code 0: no fault; 1: a fault; 2: usage;
3: could not look, as a file can't be read, the key is none, or the service gave no proof.

The forms are public: RFC 8785 (canonical JSON), RFC 9162 (Merkle tree), RFC 8032 (Ed25519), C2SP
signed-note and tlog-checkpoint. docs/auditing.md says what each of the checks is worth.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import json
import re
import sys
from collections.abc import Iterable, Iterator
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any, NamedTuple

FAULTS_SHOWN = 100
HASH_BYTES = 32
DIGITS = 19
"""Of 2**63 - 1, beyond which there are no positions."""


class Fault(Exception):  # noqa: N818 -- what was found, not what went wrong here
    """What is handed in is not what was signed, or is of no known form."""


class CouldNotLook(Exception):  # noqa: N818 -- it says nothing about the log
    """There was nothing to check."""


# --- Ed25519 (RFC 8032, section 5.1). A point is (X, Y, Z, T): x = X/Z, y = Y/Z, xy = T/Z.

Point = tuple[int, int, int, int]

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
NEUTRAL: Point = (0, 1, 1, 0)


def point(encoded: bytes) -> Point:
    """Section 5.1.3. Raises Fault for an encoding of no point, and for a second one of a point."""
    y = int.from_bytes(encoded, "little") & (2**255 - 1)
    sign = encoded[31] >> 7
    if y >= P:
        raise Fault("the point is not encoded canonically")
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        raise Fault("these bytes encode no point of the curve")
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def encoded(p: Point) -> bytes:
    inverse = pow(p[2], -1, P)
    x, y = p[0] * inverse % P, p[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def plus(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(scalar: int, p: Point) -> Point:
    total = NEUTRAL
    while scalar:
        if scalar & 1:
            total = plus(total, p)
        p, scalar = plus(p, p), scalar >> 1
    return total


BASE = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def signed(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Section 5.1.7, without the cofactor: [S]B - [k]A must be encoded exactly as R is."""
    if len(public_key) != 32 or len(signature) != 64:  # noqa: PLR2004 -- bytes, by the RFC
        return False
    scalar = int.from_bytes(signature[32:], "little")
    if scalar >= L:
        return False
    try:
        x, y, z, t = point(public_key)
    except Fault:
        return False
    k = int.from_bytes(sha512(signature[:32] + public_key + message).digest(), "little") % L
    return encoded(plus(times(scalar, BASE), times(k, (-x, y, z, -t)))) == signature[:32]


# --- Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint)


class Key(NamedTuple):
    name: str
    key_id: bytes
    public_key: bytes


class Checkpoint(NamedTuple):
    origin: str
    size: int
    root: bytes


def verifier_key(text: str) -> Key:
    """`<name>+<key id, 8 hex digits>+<base64 of 0x01 and the public key>`."""
    name, _, rest = text.strip().partition("+")
    key_id, _, coded = rest.partition("+")
    raw = unbase64(coded)
    if not name or raw[:1] != b"\x01" or len(raw) != 33:  # noqa: PLR2004 -- the type and 32 bytes
        raise Fault(f"{text!r} is no verifier key for Ed25519")
    if key_id != sha256(name.encode() + b"\n" + raw).hexdigest()[:8]:
        raise Fault(f"the id of the verifier key {name} is not that of its bytes")
    return Key(name, bytes.fromhex(key_id), raw[1:])


def checkpoint(note: str, key: Key) -> Checkpoint:
    """Raises Fault unless the note has a signature by this key, and says what a checkpoint does."""
    text, blank, signatures = note.rpartition("\n\n")
    text += "\n"
    if not blank or not signatures.endswith("\n") or any(c < " " and c != "\n" for c in note):
        raise Fault("the checkpoint is no signed note")
    lines = signatures[:-1].split("\n")
    ours = [made for made in map(signature_line, lines) if made[:2] == key[:2]]
    if not ours:
        raise Fault(f"the checkpoint has no signature by {key.name} ({key.key_id.hex()})")
    if not all(signed(key.public_key, text.encode(), made[2]) for made in ours):
        raise Fault(f"the checkpoint's signature is not by {key.name}")
    said = re.match(r"(.+)\n([1-9][0-9]{0,18})\n([0-9A-Za-z+/]{43}=)\n", text)
    if not said:
        raise Fault("the note's text is no checkpoint of a log with events")
    return Checkpoint(said[1], int(said[2]), unbase64(said[3]))


def signature_line(line: str) -> tuple[str, bytes, bytes]:
    dash, _, rest = line.partition(" ")
    name, _, coded = rest.partition(" ")
    if dash != "\u2014" or not name:
        raise Fault(f"{line!r} is no signature of a note")
    raw = unbase64(coded)
    return name, raw[:4], raw[4:]


def unbase64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Fault(f"{text!r} is no base64") from None


# --- The Merkle tree (RFC 9162, section 2.1)


def leaf(digest: bytes) -> bytes:
    return sha256(b"\x00" + digest).digest()


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """The complete subtrees of the leaves so far, largest first: what any further root needs."""

    def __init__(self) -> None:
        self.size = 0
        self.subtrees: list[bytes] = []

    def add(self, digest: bytes) -> None:
        made, carried = leaf(digest), self.size
        while carried & 1:
            made, carried = node(self.subtrees.pop(), made), carried >> 1
        self.subtrees.append(made)
        self.size += 1

    def root(self) -> bytes:
        *others, made = self.subtrees or [sha256().digest()]
        for left in reversed(others):
            made = node(left, made)
        return made


def root_by_inclusion(digest: bytes, index: int, size: int, proof: list[bytes]) -> bytes:
    """The root of `size` leaves that an inclusion proof leads to; takes the proof's hashes away."""
    if size == 1:
        return leaf(digest)
    half, sibling = left_of(size), taken(proof)
    if index < half:
        return node(root_by_inclusion(digest, index, half, proof), sibling)
    return node(sibling, root_by_inclusion(digest, index - half, size - half, proof))


def roots_by_consistency(
    old_size: int, size: int, proof: list[bytes], old_root: bytes | None
) -> tuple[bytes, bytes]:
    """The old and the new root that a consistency proof leads to; takes its hashes away."""
    if old_size == size:
        root = old_root or taken(proof)
        return root, root
    half, sibling = left_of(size), taken(proof)
    if old_size <= half:
        old, new = roots_by_consistency(old_size, half, proof, old_root)
        return old, node(new, sibling)
    old, new = roots_by_consistency(old_size - half, size - half, proof, None)
    return node(sibling, old), node(sibling, new)


def left_of(size: int) -> int:
    """Leaves below the root's left child: the largest power of two that is less than `size`."""
    return 1 << (size - 1).bit_length() - 1


def taken(proof: list[bytes]) -> bytes:
    if not proof:
        raise Fault("the proof is too short")
    return proof.pop()


# --- Events: JSON, each member once, hashed in canonical form (RFC 8785)


class Number(str):
    """A number as it is written, so that it is hashed as it was written."""

    __slots__ = ()


literal = json.JSONEncoder(ensure_ascii=False).encode


def parsed(text: bytes | str) -> dict[str, Any]:
    try:
        value = json.loads(
            text if isinstance(text, str) else text.decode("utf-8"),
            object_pairs_hook=members,
            parse_int=Number,
            parse_float=Number,
            parse_constant=no_number,
        )
    except (ValueError, RecursionError) as error:
        raise Fault(f"no JSON: {error}") from None
    if not isinstance(value, dict):
        raise Fault("no JSON object")
    return value


def no_number(name: str) -> None:
    raise Fault(f"no JSON: {name} is no number")


def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise Fault("a member of an object stands there twice")
    return dict(pairs)


def canonical(value: object) -> str:
    if isinstance(value, dict):
        by_name = sorted(value.items(), key=lambda member: member[0].encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(k)}:{canonical(v)}" for k, v in by_name) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    return value if isinstance(value, Number) else literal(value)


def digest_of(event: dict[str, Any]) -> bytes:
    try:
        return sha256(canonical(event).encode()).digest()
    except (UnicodeError, RecursionError):
        raise Fault("an event that has no canonical form") from None


def number(value: dict[str, Any], name: str) -> int:
    found = value.get(name)
    if not isinstance(found, Number) or not found.isdecimal() or len(found) > DIGITS:
        raise Fault(f"{name} is missing, or no whole number of a log")
    return int(found)


def text(value: dict[str, Any], name: str) -> str:
    found = value.get(name)
    if not isinstance(found, str) or isinstance(found, Number):
        raise Fault(f"{name} is missing, or no text")
    return found


def from_hex(coded: object) -> bytes:
    try:
        return bytes.fromhex(str(coded))
    except ValueError:
        raise Fault(f"{coded!r} is not hexadecimal") from None


# --- What is asked of this file


class Log:
    """An export, read line by line: what has to be remembered grows with streams, not events."""

    def __init__(self, key: Key, checkpoints: list[Checkpoint]) -> None:
        self.key = key
        self.awaited = sorted(checkpoints, key=lambda each: each.size)
        self.tree = Tree()
        self.catalog = ""
        self.position = 0
        self.versions: dict[str, int] = {}

    def faults(self, lines: Iterable[bytes]) -> Iterator[str]:
        for at, line in enumerate(lines, 1):
            try:
                event = parsed(line)
                for fault in self.event(event):
                    yield f"line {at} (position {event['position']}): {fault}"
            except Fault as fault:
                yield f"line {at}: {fault}"
            while self.awaited and self.awaited[0].size <= self.tree.size:
                yield from self.head(self.awaited.pop(0))
        for missed in self.awaited:
            yield f"checkpoint of {missed.size} events: the tail is missing after {self.tree.size}"

    def event(self, event: dict[str, Any]) -> Iterator[str]:
        stated, digest = event.pop("digest", None), digest_of(event)
        self.tree.add(digest)
        position, catalog = number(event, "position"), text(event, "catalog_id")
        stream, version = text(event, "stream_id"), number(event, "version")
        awaited = self.versions.get(stream, 0) + 1
        self.catalog = self.catalog or catalog
        if stated != digest.hex():
            yield f"the digest is {stated}, but the event's content has {digest.hex()}"
        if catalog != self.catalog:
            yield f"an event of the catalog {catalog} in the log of {self.catalog}"
        if position != self.position + 1:
            yield f"position {self.position + 1} should be here"
        if version != awaited:
            yield f"version {version} of stream {stream}, where {awaited} should be"
        self.position, self.versions[stream] = position, version

    def head(self, signed: Checkpoint) -> Iterator[str]:
        where, root = f"checkpoint of {signed.size} events", self.tree.root()
        if signed.origin != f"{self.key.name}/{self.catalog}":
            yield f"{where}: it is of {signed.origin}, not of this log"
        elif signed.root != root:
            yield f"{where}: the root signed is {signed.root.hex()}, here it is {root.hex()}"
        else:
            print(f"{where}: signed by {self.key.name}, and the root agrees")


def check_log(key: Key, arguments: argparse.Namespace) -> int:
    log = Log(key, [checkpoint(kept(path), key) for path in arguments.checkpoint])
    covered, found = log.awaited[-1].size, 0
    with Path(arguments.export).open("rb") as lines:
        for found, fault in enumerate(log.faults(lines), 1):
            if found <= FAULTS_SHOWN:
                print(f"FAULT {fault}")
    if found > FAULTS_SHOWN:
        print(f"… and {found - FAULTS_SHOWN} more")
    print(f"{log.tree.size} events in {len(log.versions)} streams of {log.catalog or 'no catalog'}")
    if log.tree.size > covered:
        print(f"positions {covered + 1} to {log.tree.size} are later than each checkpoint given")
    return found


def check_inclusion(key: Key, arguments: argparse.Namespace) -> int:
    answer = parsed(read(arguments.answer))
    refuse_problem(answer)
    head = checkpoint(text(answer, "checkpoint"), key)
    event, position = answer.get("event"), number(answer, "position")
    if not isinstance(event, dict) or number(event, "position") != position:
        raise Fault(f"the answer has no event at position {position}")
    if head.origin != f"{key.name}/{text(event, 'catalog_id')}":
        raise Fault(f"the checkpoint is of {head.origin}, the event is not")
    digest, proof = digest_of(event), hashes(answer)
    if digest != from_hex(answer.get("digest")):
        raise Fault(f"position {position}: the event's digest is {digest.hex()}, not as answered")
    if not 1 <= position <= head.size:
        raise Fault(f"position {position} is not among the {head.size} that are signed")
    if root_by_inclusion(digest, position - 1, head.size, proof) != head.root or proof:
        raise Fault(f"position {position}: the proof does not lead to the signed root")
    print(f"position {position} is in the log of {head.origin} as signed at {head.size} events")
    return 0


def check_consistency(key: Key, arguments: argparse.Namespace) -> int:
    old, answer = checkpoint(kept(arguments.note), key), parsed(read(arguments.answer))
    refuse_problem(answer, old.size)
    new = checkpoint(text(answer, "checkpoint"), key)
    if old.origin != new.origin:
        raise Fault(f"one checkpoint is of {old.origin}, the other of {new.origin}")
    if (number(answer, "from"), number(answer, "to")) != (old.size, new.size):
        raise Fault(
            f"the proof has to lead from {old.size} to {new.size}, the sizes that are signed"
        )
    if not 1 <= old.size <= new.size:
        raise Fault(f"{new.size} events do not continue {old.size}")
    proof = hashes(answer)
    roots = roots_by_consistency(old.size, new.size, proof, old.root)
    if roots != (old.root, new.root) or proof:
        raise Fault(f"the {new.size} events signed do not begin with the {old.size} signed before")
    print(f"{new.origin}: the {new.size} events signed begin with the {old.size} signed before")
    return 0


def refuse_problem(answer: dict[str, Any], kept_size: int = 0) -> None:
    """Raises Fault or CouldNotLook for a problem document (RFC 9457) in place of a proof."""
    if "checkpoint" in answer or "status" not in answer:
        return
    name = str(answer.get("type")).rpartition("/")[2]
    size = number(answer, "size") if name == "not-covered" else 0
    if name in {"not-covered", "no-checkpoint"} and size < kept_size:
        raise Fault(
            f"the service says that {size} events of its log are signed, fewer than the "
            f"{kept_size} that it signed in the note you kept: it was cut"
        )
    said = f"{name!r}: {answer.get('detail')!r}"
    if name == "log-damaged":
        raise Fault(f"the service can't prove it, {said}, missing {answer.get('missing')!r}")
    newest = f", the newest being of {size} events" if size else ""
    raise CouldNotLook(f"the service gave no proof, but {said}{newest}")


def hashes(answer: dict[str, Any]) -> list[bytes]:
    proof = answer.get("proof")
    if not isinstance(proof, list):
        raise Fault("the answer has no proof")
    made = [from_hex(each) for each in proof]
    if any(len(each) != HASH_BYTES for each in made):
        raise Fault("the proof has something else than hashes")
    return made


def read(path: str) -> str:
    return Path(path).read_text(encoding="utf-8")


def kept(path: str) -> str:
    """A note, without the blank lines that mail and `jq -r` leave behind it."""
    return read(path).rstrip() + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked = parser.add_subparsers(required=True)
    log = asked.add_parser("log", help="an export, against checkpoints")
    log.add_argument("export")
    log.add_argument("--checkpoint", action="append", required=True)
    log.set_defaults(check=check_log)
    inclusion = asked.add_parser("inclusion", help="one event, against a checkpoint")
    inclusion.add_argument("answer")
    inclusion.set_defaults(check=check_inclusion)
    consistency = asked.add_parser("consistency", help="a checkpoint, against an older one")
    consistency.add_argument("note")
    consistency.add_argument("answer")
    consistency.set_defaults(check=check_consistency)
    for each in (log, inclusion, consistency):
        each.add_argument("--key", required=True, help="the log's verifier key")
    arguments = parser.parse_args()
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        found = arguments.check(given(arguments.key), arguments)
    except (CouldNotLook, OSError) as reason:
        print(f"{reason}\nCOULD NOT LOOK")
        return 3
    except (Fault, UnicodeError, RecursionError) as fault:
        print(f"FAULT {fault}")
        found = 1
    print("NOT VERIFIED" if found else "verified")
    return 1 if found else 0


def given(key: str) -> Key:
    try:
        return verifier_key(key)
    except Fault as fault:
        raise CouldNotLook(fault) from None


if __name__ == "__main__":
    sys.exit(main())
