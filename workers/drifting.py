"""Compares a sample of what is read, tables and cache, with the log, and parks what differs."""

from collections.abc import Awaitable, Sequence
from itertools import batched

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver
from events.walk import moment
from projections.cached import State, document_key, state_key
from projections.drift import Checked, Place, check, sample
from projections.drifted import park_drifted
from projections.projector import read_progress
from projections.publish import Publisher
from workers import metrics

SAMPLE = 500
"""Events of a catalog, whose products are checked."""
AT_ONCE = 20
"""Products: each may have been much, and all of that is compared, and forgotten."""

log = structlog.get_logger(__name__)


async def check_all(engine: AsyncEngine, redis: Redis, size: int = SAMPLE) -> None:
    """Every catalog whose tables are of this code. Raises `DatabaseUnavailable`."""
    async with driver(engine) as connection:
        progress = await read_progress(connection)
    for each in progress:
        if not each.outdated:
            await check_catalog(engine, redis, Place(each.catalog, each.generation), size)


async def check_catalog(engine: AsyncEngine, redis: Redis, place: Place, size: int) -> None:
    for where in ("cache", "tables"):
        metrics.DRIFT.labels(place.catalog, where)
    drifted: list[Checked] = []
    answers = True
    async with moment(engine) as connection:
        for some in batched(await sample(connection, place, size), AT_ONCE):
            checked = await check(connection, place, some)
            metrics.DRIFT_CHECKED.labels(place.catalog).inc(len(checked))
            drifted += [each for each in checked if each.drifted]
            agreeing = [each for each in checked if not each.drifted]
            answers = answers and await _answered(place, _check_cache(redis, place, agreeing))
    for each in drifted:
        await _park(engine, place, each)
    if drifted:
        await _answered(place, _forget(engine, redis, place))


async def _answered(place: Place, asking: Awaitable[None]) -> bool:
    """Whether Redis did."""
    try:
        await asking
    except (RedisError, OSError) as error:
        log.warning("cache_unchecked", catalog=place.catalog, error=repr(error))
        return False
    return True


async def _forget(engine: AsyncEngine, redis: Redis, place: Place) -> None:
    async with driver(engine) as connection:
        progress = {each.catalog: each for each in await read_progress(connection)}
    known = progress[place.catalog]
    if known.generation == place.generation:
        publisher = Publisher(redis, ttl_seconds=1)
        await publisher.forget_all(place.catalog, known.switched, known.checkpoint)


async def _park(engine: AsyncEngine, place: Place, found: Checked) -> None:
    async with driver(engine) as connection:
        drifted = await park_drifted(connection, place, found.product_id)
    if drifted:
        _tell(place, found, "tables", drifted.drifted)


async def _check_cache(redis: Redis, place: Place, checked: Sequence[Checked]) -> None:
    """A document with the cache's token is what it was at its version, and not behind the cache."""
    keys = [document_key(place.catalog, each.product_id) for each in checked]
    state, *entries = await redis.mget([state_key(place.catalog), *keys])
    if state is None:
        return
    known = State.parse(state)
    for each, key, entry in zip(checked, keys, entries, strict=True):
        held = known.document(entry)
        if held and not _agrees(each, known.position, *held):
            await redis.delete(key)
            _tell(place, each, "cache", ["cache"])


def _agrees(checked: Checked, position: int, version: int, body: bytes) -> bool:
    if not checked.events or version < checked.version_at(position):
        return False
    if version > checked.events[-1].version:
        return True  # it has got further since the log was looked at
    change = checked.at_version(version)
    return bool(change and change.after and change.after.body.encode() == body)


def _tell(place: Place, found: Checked, where: str, differing: Sequence[str]) -> None:
    metrics.DRIFT.labels(place.catalog, where).inc()
    log.error(
        "drift_found",
        catalog=place.catalog,
        product_id=str(found.product_id),
        where=where,
        differing=list(differing),
    )
