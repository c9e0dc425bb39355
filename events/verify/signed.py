"""Signed checkpoints, those that the database keeps and those that somebody else kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from asyncpg import Record

from events.checkpoints import TreeHead, origin
from events.database import Connection, statement
from events.notes import InvalidNote, NotSigned, VerifierKey
from events.verify.finding import ANY, Finding

_UNSIGNED = "a note that this key did not sign"
_NO_NOTE = "no signed note of a checkpoint"
_KEY = statement(__package__, "sql/read_key.sql")


@dataclass(frozen=True, slots=True)
class Signed:
    """A tree head that the log's key has signed, and where that was found."""

    head: TreeHead
    source: str = "the database"


async def read_key(connection: Connection) -> VerifierKey | None:
    row = await connection.fetchrow(_KEY)
    return None if row is None else VerifierKey(*row)


def read_note(file: Path, key: VerifierKey) -> Signed | Finding:
    """A checkpoint that somebody kept, of any catalog of this log.

    Blank lines at the file's end are what mail and `jq -r` leave behind a note.
    """
    place = {"file": str(file)}
    expected = f"a checkpoint signed as {key}"
    try:
        head = TreeHead.of(file.read_text(encoding="utf-8").rstrip() + "\n", key)
    except NotSigned:
        return _finding(ANY, place, expected, _UNSIGNED)
    except (InvalidNote, UnicodeDecodeError):
        return _finding(ANY, place, expected, _NO_NOTE)
    if head.origin.startswith(origin(key.name, "")):
        return Signed(head, str(file))
    return _finding(ANY, place, expected, f"one of {head.origin}")


def read_row(row: Record, catalog: str, key: VerifierKey) -> Signed | Finding:
    """A checkpoint that the database keeps."""
    size, root, note = row
    place = {"checkpoint": size}
    expected = f"a note of {size} events with root {root.hex()}, signed as {key}"
    try:
        head = TreeHead.of(note, key)
    except NotSigned:
        return _finding(catalog, place, expected, _UNSIGNED)
    except InvalidNote:
        return _finding(catalog, place, expected, _NO_NOTE)
    if head == TreeHead(origin(key.name, catalog), size, root):
        return Signed(head)
    found = f"one of {head.origin} with {head.size} events and root {head.root.hex()}"
    return _finding(catalog, place, expected, found)


def _finding(catalog: str, place: Mapping[str, object], expected: str, found: str) -> Finding:
    return Finding(kind="signature", catalog=catalog, place=place, expected=expected, found=found)
