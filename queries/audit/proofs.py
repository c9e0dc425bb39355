"""Proofs about the log (RFC 9162), each against a signed checkpoint of it.

An answer without a value says by its position how many events the newest checkpoint covers.
"""

from datetime import datetime

import msgspec
from sqlalchemy.ext.asyncio import AsyncEngine

from events import merkle
from events.checkpoints import find_newest, find_signed, origin
from events.database import driver, statement
from events.frontier import Run
from events.tree import MissingEvents, read_roots
from queries.answer import Answer

_FIND_EVENT = statement(__package__, "sql/find_canonical_event.sql")


class Checkpoint(msgspec.Struct, frozen=True):
    origin: str
    size: int
    root: str
    recorded_at: datetime
    note: str
    """The checkpoint as it was signed (C2SP tlog-checkpoint)."""
    key: str
    """Who verifies it (C2SP signed-note)."""


class Inclusion(msgspec.Struct, frozen=True):
    """The event at a position, and the hashes that lead from its digest to the root."""

    position: int
    size: int
    event: msgspec.Raw
    """The canonical bytes, as they were hashed."""
    digest: str
    proof: list[str]
    checkpoint: str
    key: str


class Consistency(msgspec.Struct, frozen=True, rename={"old": "from", "new": "to"}):
    """The hashes that lead from the root at one size of the log to that at another."""

    old: int
    new: int
    proof: list[str]
    checkpoint: str
    key: str


async def newest_checkpoint(engine: AsyncEngine, catalog: str) -> Answer[Checkpoint | None]:
    async with driver(engine) as connection:
        kept = await find_newest(connection, catalog)
    if kept is None:
        return Answer(None, 0)
    found = Checkpoint(
        origin=origin(kept.key.name, catalog),
        size=kept.size,
        root=kept.root.hex(),
        recorded_at=kept.recorded_at,
        note=kept.note,
        key=str(kept.key),
    )
    return Answer(found, kept.size)


async def inclusion(
    engine: AsyncEngine, catalog: str, position: int, size: int | None = None
) -> Answer[Inclusion | None]:
    """That the event at `position`, from 1, is in the log as it was signed at `size` events.

    `size` is by default that of the newest checkpoint. None when no checkpoint is of that size, or
    it does not cover the position. Raises `MissingHashes`.
    """
    async with driver(engine) as connection:
        newest = await find_newest(connection, catalog)
        kept = await find_signed(connection, catalog, size) if size else newest
        if kept is None or position > kept.size:
            return Answer(None, newest.size if newest else 0)
        event = await connection.fetchrow(_FIND_EVENT, catalog, position)
        if event is None:
            raise MissingEvents(Run(0, position - 1, position))
        path = merkle.inclusion(position - 1, kept.size)
        roots = await read_roots(connection, catalog, path)
    found = Inclusion(
        position=position,
        size=kept.size,
        event=msgspec.Raw(event["canonical"].encode()),
        digest=event["digest"].hex(),
        proof=[root.hex() for root in roots],
        checkpoint=kept.note,
        key=str(kept.key),
    )
    return Answer(found, kept.size)


async def consistency(
    engine: AsyncEngine, catalog: str, old: int, new: int | None
) -> Answer[Consistency | None]:
    """That the first `old` events, at least one, are how the first `new` begin.

    `new` is by default all that is signed. None when it is not covered. Raises `MissingHashes`.
    """
    async with driver(engine) as connection:
        kept = await find_newest(connection, catalog)
        if kept is None or max(old, new or 0) > kept.size:
            return Answer(None, kept.size if kept else 0)
        until = new or kept.size
        roots = await read_roots(connection, catalog, merkle.consistency(old, until))
    proof = [root.hex() for root in roots]
    return Answer(Consistency(old, until, proof, kept.note, str(kept.key)), kept.size)
