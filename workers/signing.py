"""Signs what each catalog's log has come to, and refuses where it is no longer what was signed.

The check costs a few hundred rows, so it covers what they cover: the tree's nodes, and the digests
of the last page. `catalog verify` checks all events.
"""

from time import perf_counter

import structlog
from asyncpg import UniqueViolationError
from sqlalchemy.ext.asyncio import AsyncEngine

from events.checkpoints import (
    KeptCheckpoint,
    SignedSize,
    TreeHead,
    find_newest,
    origin,
    read_signed_sizes,
    write_checkpoint,
)
from events.database import Connection, driver, statement
from events.errors import DatabaseUnavailable
from events.frontier import Frontier, Node
from events.log_keys import read_signer
from events.merkle import Span
from events.notes import Signer
from events.tree import (
    MissingEvents,
    MissingNodes,
    read_frontier,
    read_leaves,
    write_nodes,
)
from workers import metrics

STEP = 65_536
"""The most events between two checkpoints: a long log is signed in short transactions."""
READ = 1_024
"""Events hashed without a pause: the projector has the same loop."""

_TAKE = statement(__package__, "sql/take_signing.sql")

log = structlog.get_logger(__name__)


class LogForked(Exception):  # noqa: N818 -- it says what the log is
    """The log does not begin with what was signed."""


async def sign_all(engine: AsyncEngine) -> None:
    """Every catalog up to its head. Raises `NoLogKey`, `WrongLogKey`."""
    try:
        async with driver(engine) as connection:
            signer = await read_signer(connection)
            sizes = await read_signed_sizes(connection)
        for each in sizes:
            metrics.SIGNED_SIZE.labels(each.catalog).set(each.size)
            await _sign_guarded(engine, signer, each)
    except DatabaseUnavailable as error:
        metrics.SIGNING_FAILURES.labels("database").inc()
        log.warning("signing_postponed", error=repr(error.__cause__))


async def _sign_guarded(engine: AsyncEngine, signer: Signer, log_size: SignedSize) -> None:
    """A catalog that can't be signed does not keep the others waiting.

    Nodes that are there before their checkpoint tell of one that was taken away.
    """
    try:
        await _sign(engine, signer, log_size)
    except DatabaseUnavailable:
        raise
    except (LogForked, MissingEvents, UniqueViolationError) as error:
        _refused("forked", "log_forked", log_size, error)
    except MissingNodes as error:
        _refused("missing", "tree_nodes_missing", log_size, error)
    except Exception:
        metrics.SIGNING_FAILURES.labels("error").inc()
        log.exception("signing_failed", catalog=log_size.catalog)


def _refused(reason: str, event: str, log_size: SignedSize, error: Exception) -> None:
    metrics.SIGNING_FAILURES.labels(reason).inc()
    log.error(event, catalog=log_size.catalog, signed=log_size.size, error=repr(error))


async def _sign(engine: AsyncEngine, signer: Signer, log_size: SignedSize) -> None:
    if log_size.head < log_size.size:
        raise LogForked(f"{log_size.head} events are left")
    began = perf_counter()
    while size := await sign_next(engine, signer, log_size.catalog, log_size.head):
        metrics.SIGNING_SECONDS.observe(perf_counter() - began)
        began = perf_counter()
        metrics.SIGNED_SIZE.labels(log_size.catalog).set(size)
        log.info("signed", catalog=log_size.catalog, size=size)


async def sign_next(engine: AsyncEngine, signer: Signer, catalog: str, head: int) -> int | None:
    """Sign at most STEP events more, up to `head`: the size, or None when nothing is left to do.

    Nothing is left either where another worker is at it. Raises `LogForked`, `MissingHashes`.
    """
    async with driver(engine) as connection, connection.transaction():
        if not await connection.fetchval(_TAKE, catalog):
            return None
        last = await find_newest(connection, catalog)
        signed = last.size if last else 0
        if signed >= head:
            return None
        size = min(head, signed + STEP)
        frontier = await _frontier(connection, catalog, last)
        await write_nodes(connection, catalog, await _grown(connection, catalog, frontier, size))
        tree_head = TreeHead(origin(signer.name, catalog), size, frontier.root)
        await write_checkpoint(connection, catalog, tree_head, tree_head.signed(signer))
        return size


async def _frontier(connection: Connection, catalog: str, last: KeptCheckpoint | None) -> Frontier:
    """The tree as it was signed last."""
    if last is None:
        return Frontier()
    frontier = await read_frontier(connection, catalog, last.size)
    if frontier.root != last.root:
        raise LogForked(f"its root is {frontier.root.hex()}, signed was {last.root.hex()}")
    return frontier


async def _grown(connection: Connection, catalog: str, frontier: Frontier, size: int) -> list[Node]:
    """Extend the tree to `size`: the nodes that this completed."""
    nodes: list[Node] = []
    while frontier.size < size:
        span = Span(frontier.size, min(size, frontier.size + READ))
        nodes += frontier.extend(await read_leaves(connection, catalog, span))
    return nodes
