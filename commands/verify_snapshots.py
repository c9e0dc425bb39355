"""Snapshots against the streams that they stand for: a wrong one would lead to wrong decisions."""

from collections.abc import Callable
from uuid import UUID

import msgspec
from asyncpg import Record

from commands.loaded import NOTHING
from commands.product.state import State
from commands.snapshots import CODE_DIGEST, decode_state
from events.database import Connection, statement
from events.errors import Undecodable
from events.log import read_stream
from events.verify.finding import Finding, Kind
from events.walk import pages

_WALK = statement(__package__, "sql/walk_snapshots.sql")


async def verify_snapshots(
    connection: Connection, catalog: str, found: Callable[[Finding], None]
) -> int:
    """How many there are that this very code made; nobody uses the others."""
    count = 0
    async for rows in pages(connection, _WALK, catalog, CODE_DIGEST):
        count += len(rows)
        for row in rows:
            if finding := await _compared(connection, catalog, row):
                found(finding)
    return count


async def _compared(connection: Connection, catalog: str, row: Record) -> Finding | None:
    stream, version, position, state = row
    try:
        kept = decode_state(state)
    except msgspec.DecodeError as error:
        return _finding("snapshot", catalog, stream, "a state that can be decoded", str(error))
    history = await read_stream(connection, catalog, stream, limit=max(0, version))
    try:
        folded = NOTHING.after(history)
    except Undecodable as error:
        reason = str(error.members["reason"])
        return _finding("unreadable", catalog, stream, "events that make up a snapshot", reason)
    expected = _said(folded.state, folded.version, folded.position)
    found = _said(kept, version, position)
    return None if expected == found else _finding("snapshot", catalog, stream, expected, found)


def _said(state: State, version: int, position: int) -> str:
    return f"{state} at version {version}, position {position}"


def _finding(kind: Kind, catalog: str, stream: UUID, expected: str, found: str) -> Finding:
    return Finding(
        kind=kind, catalog=catalog, place={"stream": stream}, expected=expected, found=found
    )
