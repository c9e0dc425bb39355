"""All that can be checked of one catalog's log, in one reading of it."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from events.database import Connection, statement
from events.notes import VerifierKey
from events.recorded import Recorded
from events.verify.finding import Finding
from events.verify.history import ClaimsOf, History
from events.verify.signed import END, Signed, read_signed
from events.verify.tables import verify_tables
from events.verify.tree import Tree, read_nodes
from events.walk import PAGE, walk

_HEADS = statement(__package__, "sql/read_heads.sql")
_SIGNED_SIZE = statement(__package__, "sql/read_signed_size.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What to verify with: the log's key, and checkpoints of the catalog that somebody kept."""

    claims_of: ClaimsOf
    key: VerifierKey | None
    given: Sequence[Signed] = ()
    advance: Callable[[int], None] = lambda _: None
    """Called with the position that was reached."""
    page: int = PAGE


@dataclass(slots=True)
class Scope:
    """How much was looked at; the events up to `signed` are as a checkpoint says."""

    events: int = 0
    streams: int = 0
    claims: int = 0
    snapshots: int = 0
    signed: int = 0


async def read_heads(connection: Connection) -> dict[str, int | None]:
    """How far each log goes by its catalog's row; None where there is no such row."""
    return {row["catalog_id"]: row["head"] for row in await connection.fetch(_HEADS)}


async def verify_log(
    connection: Connection, catalog: str, asked: Asked, scope: Scope
) -> AsyncIterator[Finding]:
    """Every finding, as it is met. The connection is at one moment: see `events.walk.moment`."""
    history = History(catalog, asked.claims_of)
    signed_size = await connection.fetchval(_SIGNED_SIZE, catalog)
    tree = Tree(catalog, await read_nodes(connection, catalog), signed_size)
    compared = 0
    async for events in walk(connection, catalog, asked.page):
        for event in events:
            for finding in history.add(event):
                yield finding
        reached = max(compared, history.position)
        async for finding in _signed(connection, tree, asked, events, compared, reached):
            yield finding
        compared = reached
        scope.events += len(events)
        asked.advance(history.position)
    async for finding in _signed(connection, tree, asked, [], compared, END):
        yield finding
    heads = await read_heads(connection)
    for finding in (*_head(heads.get(catalog), history), *tree.end()):
        yield finding
    scope.streams, scope.claims = len(history.streams), len(history.claims)
    scope.signed = tree.agreed
    async for finding in verify_tables(connection, history):
        yield finding


async def _signed(
    connection: Connection,
    tree: Tree,
    asked: Asked,
    events: Sequence[Recorded],
    after: int,
    upto: int,
) -> AsyncIterator[Finding]:
    """The tree grows by the events, and is compared with what was signed at these sizes."""
    due = [each for each in asked.given if after < each.head.size <= upto]
    if asked.key:
        async for each in read_signed(connection, tree.catalog, asked.key, after=after, upto=upto):
            if isinstance(each, Finding):
                yield each
            else:
                due.append(each)
    digests = [] if tree.broken else _consecutive(events, tree.frontier.size)
    tree.broken = tree.broken or len(digests) < len(events)
    reached = tree.frontier.size + len(digests)
    due.sort(key=lambda each: each.head.size)
    for finding in tree.grow(digests, [each for each in due if each.head.size <= reached]):
        yield finding
    for each in due:
        if each.head.size > reached:
            yield tree.unreachable(each)


def _consecutive(events: Sequence[Recorded], size: int) -> list[bytes]:
    """The digests of the events that follow `size` others without a gap."""
    numbered = enumerate(events, size + 1)
    return [event.digest for _, event in takewhile(lambda n: n[1].position == n[0], numbered)]


def _head(head: int | None, history: History) -> list[Finding]:
    if head == history.position:
        return []
    expected = "a row of the catalog" if head is None else f"the log to end at {head}"
    found = f"its last event at position {history.position}"
    return [Finding(kind="head", catalog=history.catalog, expected=expected, found=found)]
