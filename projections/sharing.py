"""Several workers share the catalogs: each catalog falls to one of those that live.

By the highest random weight, so that nobody has to agree on anything, and a worker that comes or
goes moves no other's catalogs. After Thaler and Ravishankar, "Using name-based mappings to increase
hit rates" (1998). That two workers apply one catalog is what leases prevent, not this.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from events.database import Connection, statement
from projections.code import code_digest

_ANNOUNCE = statement(__package__, "sql/announce_worker.sql")
_LEAVE = statement(__package__, "sql/remove_worker.sql")


@dataclass(frozen=True, slots=True)
class Living:
    workers: frozenset[str]
    clock: datetime
    """The database's."""
    rebuilding: float | None
    """How far a rebuild has come, from 0 to 1; None where there is none."""


async def announce(connection: Connection, holder: str, for_how_long: timedelta) -> Living:
    """Say that this worker lives: all of the same code that said so no longer ago than that."""
    (row,) = await connection.fetch(_ANNOUNCE, holder, for_how_long, code_digest())
    return Living(frozenset({*row["living"], holder}), row["clock"], row["rebuilding"])


async def leave(connection: Connection, holder: str) -> None:
    await connection.execute(_LEAVE, holder)


def worker_of(catalog: str, workers: Collection[str]) -> str:
    return max(workers, key=lambda worker: sha256(f"{catalog} {worker}".encode()).digest())
