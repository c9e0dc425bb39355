"""One projector at a time for each catalog: a lease with an epoch that fences every write.

Who takes the lease over raises the epoch; the writes of an earlier holder, however late, then
change nothing. After Kleppmann, "How to do distributed locking" (2016): fencing tokens.
"""

import os
import secrets
import socket
from dataclasses import dataclass
from datetime import timedelta

from events.database import Connection, statement

_ACQUIRE = statement(__package__, "sql/acquire.sql")
_RELEASE = statement(__package__, "sql/release.sql")
_ADVANCE = statement(__package__, "sql/advance.sql")
_STILL_STANDS = statement(__package__, "sql/still_stands.sql")


class LeaseLost(Exception):  # noqa: N818 -- it says what happened
    """Another projector has taken this catalog over."""


@dataclass(frozen=True, slots=True)
class Lease:
    catalog: str
    generation: int
    epoch: int
    checkpoint: int
    """Where the catalog stood when the lease was taken."""
    duration: timedelta


def new_holder() -> str:
    """A name for this process that no other has, be it in a container like this one."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


async def acquire(
    connection: Connection, catalog: str, generation: int, holder: str, duration: timedelta
) -> Lease | None:
    """The lease, or None while somebody else holds it."""
    row = await connection.fetchrow(_ACQUIRE, catalog, generation, holder, duration)
    if row is None:
        return None
    return Lease(catalog, generation, row["epoch"], row["position"], duration)


async def release(connection: Connection, lease: Lease) -> None:
    await connection.execute(_RELEASE, *_key(lease))


async def advance(connection: Connection, lease: Lease, before: int, after: int) -> None:
    """Move the checkpoint, which renews the lease. Raises `LeaseLost`."""
    moved = await connection.fetchval(_ADVANCE, *_key(lease), before, after, lease.duration)
    if moved is None:
        raise LeaseLost(lease)


async def confirm(connection: Connection, lease: Lease, checkpoint: int) -> None:
    """Raises `LeaseLost` unless it stands there: a crash of the server may have taken it back."""
    if await connection.fetchrow(_STILL_STANDS, *_key(lease), checkpoint) is None:
        raise LeaseLost(lease)


def _key(lease: Lease) -> tuple[str, int, int]:
    return lease.catalog, lease.generation, lease.epoch
