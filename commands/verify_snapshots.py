"""Snapshots against the streams that they stand for: a wrong one would lead to wrong decisions."""

from collections.abc import AsyncIterator
from uuid import UUID

from msgspec import ValidationError

from commands.loaded import NOTHING, Loaded
from commands.snapshots import CODE_DIGEST, read_snapshots
from events.database import Connection, statement
from events.errors import Undecodable
from events.log import read_stream
from events.verify.finding import Finding
from events.verify.log import Scope
from events.walk import pages

_STREAMS = statement(__package__, "sql/read_snapshot_streams.sql")


async def verify_snapshots(
    connection: Connection, catalog: str, scope: Scope
) -> AsyncIterator[Finding]:
    """Of those that this very code made; nobody uses the others."""
    async for rows in pages(connection, _STREAMS, catalog, CODE_DIGEST):
        scope.snapshots += len(rows)
        for (stream,) in rows:
            if wrong := await _compared(connection, catalog, stream):
                expected, found = wrong
                yield Finding(
                    kind="snapshot",
                    catalog=catalog,
                    place={"stream": stream},
                    expected=expected,
                    found=found,
                )


async def _compared(connection: Connection, catalog: str, stream: UUID) -> tuple[str, str] | None:
    """What was expected and found, if not the same. A stream that can't be read is told as such."""
    try:
        kept = (await read_snapshots(connection, catalog, [stream]))[stream]
    except ValidationError as error:
        return "a state that can be decoded", str(error)
    history = await read_stream(connection, catalog, stream, limit=kept.version)
    try:
        folded = NOTHING.after(history)
    except Undecodable:
        return None
    except ValueError as error:
        return "events that can be folded", f"none before {error}"
    return None if _same(folded, kept) else (_said(folded), _said(kept))


def _same(folded: Loaded, kept: Loaded) -> bool:
    return (folded.state, folded.version, folded.position) == (
        kept.state,
        kept.version,
        kept.position,
    )


def _said(loaded: Loaded) -> str:
    return f"{loaded.state} at version {loaded.version}, position {loaded.position}"
