"""The tables beside the log, against what the log's events amount to."""

from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID

from asyncpg import Record

from events.database import Connection, statement
from events.verify.finding import Finding
from events.verify.history import History, Stream, claim_finding
from events.walk import pages

_STREAMS = statement(__package__, "sql/read_stream_rows.sql")
_CLAIMS = statement(__package__, "sql/read_claim_rows.sql")
_RECEIPTS = statement(__package__, "sql/read_lost_receipts.sql")
NOBODY = "nobody"


async def verify_tables(connection: Connection, history: History) -> AsyncIterator[Finding]:
    """Takes away from `history` what is as it should be."""
    for statement_, check in ((_STREAMS, _stream), (_CLAIMS, _claim), (_RECEIPTS, _receipt)):
        async for rows in pages(connection, statement_, history.catalog):
            for finding in filter(None, (check(history, row) for row in rows)):
                yield finding
    for stream_id, stream in history.streams.items():
        yield _stream_finding(history, stream_id, _said(stream), "no row")
    for (kind, value), holder in history.claims.items():
        yield claim_finding(history.catalog, kind, value, str(holder), NOBODY)


def _stream(history: History, row: Record) -> Finding | None:
    stream_id, *stored = row
    logged, found = history.streams.pop(stream_id, None), Stream(*stored)
    if logged == found:
        return None
    expected = _said(logged) if logged else "no row, as it has no events"
    return _stream_finding(history, stream_id, expected, _said(found))


def _said(stream: Stream) -> str:
    return (
        f"a {stream.kind} of version {stream.version} at position {stream.position} "
        f"on {stream.occurred_at}"
    )


def _stream_finding(history: History, stream_id: UUID, expected: str, found: str) -> Finding:
    return Finding(
        kind="stream",
        catalog=history.catalog,
        place={"stream": stream_id},
        expected=expected,
        found=found,
    )


def _claim(history: History, row: Record) -> Finding | None:
    kind, value, holder = row
    expected = history.claims.pop((kind, value), None)
    if expected == holder:
        return None
    finding = claim_finding(history.catalog, kind, value, str(expected or NOBODY), str(holder))
    if expected is None and holder in history.unreadable:
        return replace(finding, kind="unreadable", found=f"{holder}, by an event not decoded")
    return finding


def _receipt(history: History, row: Record) -> Finding:
    key, stream_id, version, position, logged = row
    return Finding(
        kind="receipt",
        catalog=history.catalog,
        place={"key": repr(key), "stream": stream_id, "version": version},
        expected=f"an event at position {position}",
        found="none" if logged is None else f"one at position {logged}",
    )
