"""Signed checkpoints, those that the database keeps and those that somebody else kept."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from asyncpg import Record

from events.checkpoints import TreeHead, origin
from events.database import Connection, statement
from events.notes import InvalidNote, VerifierKey
from events.verify.finding import Finding
from events.walk import pages

_CHECKPOINTS = statement(__package__, "sql/read_checkpoints.sql")
_KEY = statement(__package__, "sql/read_key.sql")
END = 2**63 - 1
ANY = "*"
"""In place of a catalog, where a finding is of no single one."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A tree head that the log's key has signed, and where that was found."""

    head: TreeHead
    source: str = "the database"


async def read_key(connection: Connection) -> VerifierKey | None:
    row = await connection.fetchrow(_KEY)
    return None if row is None else VerifierKey(*row)


async def read_signed(
    connection: Connection, catalog: str, key: VerifierKey, *, after: int, upto: int = END
) -> AsyncIterator[Signed | Finding]:
    """Kept checkpoints of these sizes, smallest first; a finding for what the key did not sign."""
    async for rows in pages(connection, _CHECKPOINTS, catalog, after, upto):
        for row in rows:
            yield _signed(row, catalog, key)


def read_note(note: str, source: str, key: VerifierKey) -> Signed | Finding:
    """A checkpoint that somebody kept, of any catalog of this log."""
    expected = f"a checkpoint signed as {key}"
    try:
        head = TreeHead.of(note, key)
    except InvalidNote:
        return _finding(ANY, {"file": source}, expected, "a note that this key did not sign so")
    if head.origin.startswith(origin(key.name, "")):
        return Signed(head, source)
    return _finding(ANY, {"file": source}, expected, f"one of {head.origin}")


def _signed(row: Record, catalog: str, key: VerifierKey) -> Signed | Finding:
    size, root, note = row
    place = {"checkpoint": size}
    expected = f"a note of {size} events with root {root.hex()}, signed as {key}"
    try:
        head = TreeHead.of(note, key)
    except InvalidNote:
        return _finding(catalog, place, expected, "a note that this key did not sign so")
    if head == TreeHead(origin(key.name, catalog), size, root):
        return Signed(head)
    found = f"one of {head.origin} with {head.size} events and root {head.root.hex()}"
    return _finding(catalog, place, expected, found)


def _finding(catalog: str, place: Mapping[str, object], expected: str, found: str) -> Finding:
    return Finding(kind="signature", catalog=catalog, place=place, expected=expected, found=found)
