"""Makes all read tables anew from the log, beside those that are read, and switches to them."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass
from time import monotonic

import asyncpg
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver, pool, statement
from events.log import read_heads
from projections.building import begin, held, start_over
from projections.code import code_digest
from projections.comparing import compare_all
from projections.errors import Difference, NeverEqualPositions, TablesDiffer
from projections.filling import analyze_all, fill, index_all
from projections.leases import advance
from projections.meeting import Built, follow, join
from projections.publish import Publisher
from projections.rebuild_progress import RebuildProgress, Report
from projections.switching import Switched, switch

POOL_SIZE = 10
COMPARE_SECONDS = 60.0
"""How long the live generation may take to come to where the built one is."""
ACCEPTING_SECONDS = 5.0
"""The same where it is replaced, whether it comes there or not."""
NOT_ADMITTED = (asyncpg.IntegrityConstraintViolationError, asyncpg.ProgramLimitExceededError)
"""What rows may be that keys and indexes can't be made of."""

_FIND_LIVE = statement(__package__, "sql/find_live.sql")

log = structlog.get_logger(__name__)


def rebuild_pool(url: str) -> AbstractAsyncContextManager[AsyncEngine]:
    """Connections whose statements may take long; a builder that is gone lets go in a minute."""
    return pool(
        url,
        application="catalog-rebuild",
        pool_size=POOL_SIZE,
        command_timeout=None,
        idle_timeout=60.0,
    )


@dataclass(frozen=True, slots=True)
class Rebuilt:
    generation: int
    events: int
    complete_seconds: float
    """Until its tables were full and had their keys and indexes."""
    seconds: float
    """With what follows: catching up, comparing, switching."""
    differences: Sequence[Difference] | None
    """From what was read before; None where that could not be compared."""


def _tell_nobody(_progress: float, _details: Mapping[str, object]) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Rebuilding:
    """One rebuild: who does it, and what he wants of it."""

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
    async with driver(wanted.engine) as connection:
        heads = await read_heads(connection)
        built = Built(await begin(connection, wanted.holder), wanted.holder)
    progress = RebuildProgress(built.generation, sum(heads.values()), wanted.report)
    async with held(wanted.engine, built.generation, wanted.holder, lambda: progress.done):
        await _fill(wanted, built, heads, progress)
        complete = monotonic() - began
        progress.enter("catching-up")
        await follow(wanted.engine, built)
        progress.enter("comparing")
        differences, _ = await asyncio.gather(
            _compared(wanted, built), analyze_all(wanted.engine, built.generation)
        )
        progress.enter("switching")
        await go_live(wanted.engine, wanted.redis, built)
    progress.enter("done")
    seconds = monotonic() - began
    return Rebuilt(built.generation, progress.events, complete, seconds, differences)


async def _fill(
    wanted: Rebuilding, built: Built, heads: Mapping[str, int], progress: RebuildProgress
) -> None:
    """Or leave the tables empty: what their keys don't admit is found in the order of the log."""
    engine = wanted.engine
    async with driver(engine) as connection:
        await join(connection, built, heads)
    await fill(engine, built.leases, heads, parallel=wanted.parallel, folded=progress.folded)
    progress.enter("indexing")
    try:
        await index_all(engine, built.generation, parallel=wanted.parallel)
    except NOT_ADMITTED as error:
        log.warning("rebuild_starts_over", generation=built.generation, error=repr(error))
        async with driver(engine) as connection:
            await start_over(connection, built.generation)
    else:
        await _stand_at(engine, built, heads)


async def _stand_at(engine: AsyncEngine, built: Built, heads: Mapping[str, int]) -> None:
    async with driver(engine) as connection:
        for catalog, lease in built.leases.items():
            await advance(connection, lease, 0, heads[catalog])
    built.positions.update(heads)


async def _compared(wanted: Rebuilding, built: Built) -> Sequence[Difference] | None:
    """Where the same code made both, they have to be equal, unless differences are accepted."""
    async with driver(wanted.engine) as connection:
        ((live, code),) = await connection.fetch(_FIND_LIVE)
    must_be_equal = code == code_digest() and not wanted.accept_differences
    patience = COMPARE_SECONDS if must_be_equal else ACCEPTING_SECONDS
    try:
        differences = await compare_all(wanted.engine, built, live, patience)
    except NeverEqualPositions:
        if must_be_equal:
            raise
        return None
    if differences and must_be_equal:
        raise TablesDiffer(differences)
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
