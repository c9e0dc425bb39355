"""A catalog's log as a Merkle tree: leaf i is the digest of the event at position i + 1."""

from collections.abc import Sequence
from itertools import chain

from events.database import Connection, statement
from events.frontier import PAGE, Frontier, Node, Run, root_over, runs
from events.merkle import Span, leaf_hash

_READ_RUNS = statement(__package__, "sql/read_runs.sql")
_WRITE_NODES = statement(__package__, "sql/write_nodes.sql")


class MissingHashes(Exception):  # noqa: N818 -- it says what the log has
    """Not all is there of what the log has, or had when it was signed."""


class MissingEvents(MissingHashes):
    def __init__(self, run: Run) -> None:
        super().__init__(f"events among positions {run.start + 1} to {run.stop}")


class MissingNodes(MissingHashes):
    """Only what was computed from the events."""

    def __init__(self, run: Run) -> None:
        super().__init__(f"tree nodes among {run.start} to {run.stop - 1} of level {run.level}")


async def read_roots(connection: Connection, catalog: str, spans: Sequence[Span]) -> list[bytes]:
    """The root of each span, whose nodes must have been written; one statement, however many.

    Raises `MissingHashes`.
    """
    planned = [runs(span) for span in spans]
    hashes = iter(await _read_runs(connection, catalog, [run for each in planned for run in each]))
    return [root_over([next(hashes) for _ in each]) for each in planned]


async def read_frontier(connection: Connection, catalog: str, size: int) -> Frontier:
    """The tree of the first `size` events. Raises `MissingHashes`."""
    return Frontier(size, await _read_runs(connection, catalog, runs(Span(0, size))))


async def read_leaves(connection: Connection, catalog: str, span: Span) -> list[bytes]:
    """The hashes of these leaves. Raises `MissingHashes`."""
    pages = [
        Run(0, start, min(start + PAGE, span.stop)) for start in range(span.start, span.stop, PAGE)
    ]
    return list(chain.from_iterable(await _read_runs(connection, catalog, pages)))


async def write_nodes(connection: Connection, catalog: str, nodes: Sequence[Node]) -> None:
    await connection.execute(
        _WRITE_NODES,
        catalog,
        [node.level for node in nodes],
        [node.index for node in nodes],
        [node.hash for node in nodes],
    )


async def _read_runs(
    connection: Connection, catalog: str, asked: Sequence[Run]
) -> list[list[bytes]]:
    rows = await connection.fetch(
        _READ_RUNS,
        catalog,
        [run.level for run in asked],
        [run.start for run in asked],
        [run.stop for run in asked],
    )
    found: list[list[bytes]] = [[] for _ in asked]
    for number, hash_ in rows:
        found[number - 1].append(hash_ if asked[number - 1].level else leaf_hash(hash_))
    for run, hashes in zip(asked, found, strict=True):
        if len(hashes) != run.stop - run.start:
            raise MissingNodes(run) if run.level else MissingEvents(run)
    return found
