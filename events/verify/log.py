"""All that can be checked of one catalog's log, in one reading of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from asyncpg import Record

from events.database import Connection, statement
from events.verify.audit import Audit
from events.verify.awaited import END, Awaited
from events.verify.finding import Finding
from events.verify.history import History, read_history
from events.verify.tables import verify_tables
from events.verify.tree import read_tree
from events.walk import walk

_KNOWN = statement(__package__, "sql/read_known_catalogs.sql")
_HEAD = statement(__package__, "sql/read_head.sql")


@dataclass(frozen=True, slots=True)
class Scope:
    """How much was looked at; the events up to `signed` are as a checkpoint says."""

    events: int
    streams: int
    claims: int
    signed: int
    snapshots: int = 0


async def read_known_catalogs(connection: Connection) -> dict[str, int | None]:
    """How far each log goes by its catalog's row; None where there is no such row."""
    return {row["catalog_id"]: row["head"] for row in await connection.fetch(_KNOWN)}


async def verify_log(connection: Connection, catalog: str, audit: Audit) -> Scope:
    """The connection is at one moment: see `events.walk.moment`."""
    history = await read_history(connection, catalog, audit.rules)
    tree = await read_tree(connection, catalog)
    awaited = Awaited(connection, catalog, audit)
    async for events in walk(connection, catalog):
        for event in events:
            _tell(audit, history.add(event))
        _tell(audit, tree.grow(events, await awaited.upto(history.position)))
        audit.advance(history.position)
    _tell(audit, tree.grow([], await awaited.upto(END)))
    _tell(audit, tree.end())
    _tell(audit, _head(await connection.fetchrow(_HEAD, catalog), history))
    signed = min(tree.agreed, history.unaltered)
    scope = Scope(history.events, len(history.streams), len(history.claims), signed)
    async for finding in verify_tables(connection, history):
        audit.found(finding)
    return scope


def _tell(audit: Audit, findings: Iterable[Finding]) -> None:
    for finding in findings:
        audit.found(finding)


def _head(row: Record | None, history: History) -> Iterator[Finding]:
    reached = history.position, history.recorded_at
    if row is None or tuple(row) != reached:
        yield Finding(
            kind="head",
            catalog=history.catalog,
            expected=_ending(*row) if row else "a row of the catalog",
            found=_ending(*reached),
        )


def _ending(position: int, recorded_at: datetime) -> str:
    return f"the log to end at position {position}, recorded at {recorded_at}"
