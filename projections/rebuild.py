"""Makes all read tables anew from the log, beside those that are read, and switches to them."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import Connection, driver, statement
from events.errors import DatabaseUnavailable
from events.log import read_heads
from projections.building import begin, held, remove
from projections.code import code_digest
from projections.comparing import Difference, compare
from projections.errors import BuildLost, NeverEqualPositions, TablesDiffer
from projections.filling import fill, together
from projections.generations import index
from projections.leases import Lease, acquire, advance
from projections.meeting import catch_up, met
from projections.publish import Publisher
from projections.read_models import READ_MODELS
from projections.rebuild_progress import RebuildProgress, Report
from projections.switching import Built, Switched, switch

HELD = timedelta(days=1)
"""Nobody else applies the log to a generation that is built: who builds it is fenced by that."""
COMPARE_SECONDS = 60.0
"""How long the live generation may take to come to where the built one is."""

_FIND_LIVE = statement(__package__, "sql/find_live.sql")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Rebuilt:
    generation: int
    events: int
    seconds: float
    differences: Sequence[Difference] | None
    """From what was read before; None where that could not be compared."""


def _tell_nobody(_progress: float, _details: Mapping[str, object]) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Rebuilding:
    """One rebuild: who does it, and where it stands."""

    engine: AsyncEngine
    """Its statements may take long."""
    redis: Redis
    holder: str
    parallel: int = 3
    accept_differences: bool = False
    report: Report = _tell_nobody


async def rebuild(wanted: Rebuilding) -> Rebuilt:
    """Raises what is in `projections/errors.py`; what was built until then is removed."""
    began = monotonic()
    engine, holder = wanted.engine, wanted.holder
    async with driver(engine) as connection:
        generation = await begin(connection, holder)
        heads = await read_heads(connection)
    progress = RebuildProgress(generation, sum(heads.values()), wanted.report)
    async with (
        held(engine, generation, holder, lambda: progress.done),
        _removed_unless_live(engine, generation),
    ):
        async with driver(engine) as connection:
            leases = await take_leases(connection, generation, heads, holder)
        await fill(engine, leases, heads, parallel=wanted.parallel, folded=progress.folded)
        progress.enter("indexing")
        await together(*(_index(engine, generation, model.table) for model in READ_MODELS))
        progress.enter("catching-up")
        positions = await catch_up_all(engine, leases, await _filled(engine, leases, heads))
        progress.enter("comparing")
        differences = await _compared(wanted, leases, positions)
        progress.enter("switching")
        await go_live(engine, wanted.redis, Built(generation, holder, leases, positions))
        progress.enter("done")
    return Rebuilt(generation, progress.events, monotonic() - began, differences)


@asynccontextmanager
async def _removed_unless_live(engine: AsyncEngine, generation: int) -> AsyncIterator[None]:
    try:
        yield
    except BaseException as error:
        if not isinstance(error, BuildLost):
            with suppress(DatabaseUnavailable):
                async with driver(engine) as connection, connection.transaction():
                    await remove(connection, generation)
        raise


async def take_leases(
    connection: Connection, generation: int, catalogs: Mapping[str, int], holder: str
) -> dict[str, Lease]:
    leases = {}
    for catalog in catalogs:
        lease = await acquire(connection, catalog, generation, holder, HELD)
        if lease is None:
            raise BuildLost(generation=generation)
        leases[catalog] = lease
    return leases


async def _index(engine: AsyncEngine, generation: int, table: Table) -> None:
    async with driver(engine) as connection:
        await index(connection, generation, table)


async def _filled(
    engine: AsyncEngine, leases: Mapping[str, Lease], heads: Mapping[str, int]
) -> Mapping[str, int]:
    """The checkpoints stand where the tables were filled to."""
    async with driver(engine) as connection:
        for catalog, lease in leases.items():
            await advance(connection, lease, 0, heads[catalog])
    return heads


async def catch_up_all(
    engine: AsyncEngine, leases: Mapping[str, Lease], positions: Mapping[str, int]
) -> dict[str, int]:
    return {
        catalog: await catch_up(engine, lease, positions[catalog])
        for catalog, lease in leases.items()
    }


async def _compared(
    wanted: Rebuilding, leases: Mapping[str, Lease], positions: dict[str, int]
) -> Sequence[Difference] | None:
    """Where the same code made both, they have to be equal, unless differences are accepted."""
    async with driver(wanted.engine) as connection:
        ((live, code),) = await connection.fetch(_FIND_LIVE)
    must_be_equal = code == code_digest() and not wanted.accept_differences
    try:
        differences = await _compare(wanted.engine, leases, positions, live)
    except NeverEqualPositions:
        if must_be_equal:
            raise
        return None
    if differences and must_be_equal:
        counted = {f"{each.catalog}.{each.table}": each.products for each in differences}
        raise TablesDiffer(differences=counted)
    return differences


async def _compare(
    engine: AsyncEngine, leases: Mapping[str, Lease], positions: dict[str, int], live: int
) -> list[Difference]:
    differences: list[Difference] = []
    deadline = monotonic() + COMPARE_SECONDS
    waiting = dict(leases)
    while waiting:
        for catalog, lease in list(waiting.items()):
            async with met(engine, lease, positions[catalog], live) as (connection, position):
                positions[catalog] = position
                if connection:
                    built = lease.generation
                    differences += await compare(connection, catalog, live=live, built=built)
                    del waiting[catalog]
        if waiting and monotonic() > deadline:
            raise NeverEqualPositions(catalogs=sorted(waiting))
        await asyncio.sleep(0.1 if waiting else 0)
    return differences


async def go_live(engine: AsyncEngine, redis: Redis, built: Built) -> Switched:
    """Switch, and let Redis forget what was cached of the generation before."""
    switched = await switch(engine, built)
    publisher = Publisher(redis, ttl_seconds=1)
    with suppress(RedisError, OSError):  # the worker repeats it
        for catalog, position in switched.positions.items():
            await publisher.announce(catalog, switched.number, position, position)
    log.info("generation_switched", generation=built.generation, number=switched.number)
    return switched
