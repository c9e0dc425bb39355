"""An exported log becomes that of an empty catalog, all of it or nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from msgspec.structs import astuple

from events.database import Connection, statement
from events.exported_line import MalformedLine
from events.recorded import Recorded
from events.verify.audit import Audit
from events.verify.finding import Finding
from events.verify.history import History, read_history
from events.verify.tree import Tree

BATCH = 2_000
BATCH_CHARACTERS = 8_000_000
"""Of the texts of a batch: no more than that, and one event."""
_COLUMNS = Recorded.__struct_fields__
_TAKE = statement(__package__, "sql/take_restoring.sql")
_STAGE = statement(__package__, "sql/stage_restored.sql")
_RESTORE = statement(__package__, "sql/restore.sql")


@dataclass(frozen=True, slots=True)
class Restored:
    """`root` is that of the tree over all of the events (RFC 9162)."""

    events: int
    streams: int
    claims: int
    root: bytes


async def is_alone(connection: Connection, catalog: str) -> bool:
    """Whether no other transaction restores the catalog; none does until this one has ended."""
    alone: bool = await connection.fetchval(_TAKE, catalog)
    return alone


async def stage(
    connection: Connection, catalog: str, events: Iterable[Recorded], audit: Audit
) -> Restored:
    """In a transaction that is open; each event is verified as `events.verify` does.

    Memory grows with streams and claims, not with events. Raises `MalformedLine` for an event of
    another catalog, and what `audit.found` raises. Nobody sees anything of it before `restore`.
    """
    history = await read_history(connection, catalog, audit.rules)
    tree = Tree(catalog, {}, 0)
    awaited = sorted(audit.given, key=lambda each: each.head.size)
    await connection.execute(_STAGE)
    for batch in _batches(_verified(history, events, audit)):
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
    return Restored(history.events, len(history.streams), len(claims), tree.frontier.root)


async def restore(connection: Connection, catalog: str, kind: str) -> None:
    """What was staged, streams of that kind, into the catalog, which is there.

    Raises `ObjectNotInPrerequisiteStateError` of asyncpg when it has events by now.
    """
    await connection.execute(_RESTORE, catalog, kind)


def _verified(history: History, events: Iterable[Recorded], audit: Audit) -> Iterator[Recorded]:
    """Each as soon as it is read, so that whoever reads knows where."""
    for event in events:
        if event.catalog_id != history.catalog:
            raise MalformedLine(f"an event of {event.catalog_id} in the log of {history.catalog}")
        _tell(audit, history.add(event))
        yield event


def _batches(events: Iterable[Recorded]) -> Iterator[list[Recorded]]:
    batch: list[Recorded] = []
    characters = 0
    for event in events:
        batch.append(event)
        characters += sum(len(each) for each in astuple(event) if isinstance(each, str))
        if len(batch) == BATCH or characters >= BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _tell(audit: Audit, findings: Iterable[Finding]) -> None:
    for finding in findings:
        audit.found(finding)
