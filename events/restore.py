"""An exported log becomes that of an empty catalog, all of it or nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import batched

from msgspec.structs import astuple

from events.database import Connection, statement
from events.exported_line import MalformedLine
from events.recorded import Recorded
from events.verify.audit import Audit
from events.verify.finding import Finding
from events.verify.history import History
from events.verify.tree import Tree

BATCH = 2_000
_COLUMNS = Recorded.__struct_fields__
_STAGE = statement(__package__, "sql/stage_restored.sql")
_RESTORE = statement(__package__, "sql/restore.sql")


@dataclass(frozen=True, slots=True)
class Restored:
    """`root` is that of the tree over all of the events (RFC 9162)."""

    events: int
    streams: int
    claims: int
    root: bytes


async def restore(
    connection: Connection, catalog: str, events: Iterable[Recorded], audit: Audit
) -> Restored:
    """In a transaction that is open; each event is verified as `events.verify` does.

    Memory grows with streams and claims, not with events. Raises `MalformedLine` for an event of
    another catalog, what `audit.found` raises, and `ObjectNotInPrerequisiteStateError` of asyncpg
    when the catalog has events already.
    """
    history, tree = History(catalog, audit.rules), Tree(catalog, {}, 0)
    awaited = sorted(audit.given, key=lambda each: each.head.size)
    await connection.execute(_STAGE)
    for batch in batched(_verified(history, events, audit), BATCH):
        rows = map(astuple, batch)
        await connection.copy_records_to_table("restored_events", columns=_COLUMNS, records=rows)
        due = [each for each in awaited if each.head.size <= history.position]
        awaited = awaited[len(due) :]
        _tell(audit, tree.grow(batch, due))
        audit.advance(history.position)
    _tell(audit, tree.grow([], awaited))
    _tell(audit, tree.end())
    claims = [(catalog, *claim, holder) for claim, holder in history.claims.items()]
    await connection.copy_records_to_table("restored_claims", records=claims)
    await connection.execute(_RESTORE, catalog, audit.rules.kind)
    return Restored(history.events, len(history.streams), len(claims), tree.frontier.root)


def _verified(history: History, events: Iterable[Recorded], audit: Audit) -> Iterator[Recorded]:
    """Each as soon as it is read, so that whoever reads knows where."""
    for event in events:
        if event.catalog_id != history.catalog:
            raise MalformedLine(f"an event of {event.catalog_id} in the log of {history.catalog}")
        _tell(audit, history.add(event))
        yield event


def _tell(audit: Audit, findings: Iterable[Finding]) -> None:
    for finding in findings:
        audit.found(finding)
