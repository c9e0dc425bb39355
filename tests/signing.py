"""Logs that grow, are signed as the worker does it, and are changed behind its back."""

from sqlalchemy.ext.asyncio import AsyncEngine

from events.checkpoints import KeptCheckpoint, find_newest
from events.database import driver
from workers.schedule import sign_checkpoints

_GROW = """
    with grown as (
        update event_store.catalogs set head = head + $2 where catalog_id = $1
        returning head - $2 as head
    )
    insert into event_store.events
    select $1, head + n, gen_random_uuid(), 1, 'ProductRenamed', 1, '{"name":"Lamp"}', 'tests',
           'given', null, now(), now(), sha256(convert_to((head + n)::text, 'UTF8'))
    from grown cross join generate_series(1, $2) as n
"""
_FORGE = """
    update event_store.events set actor = 'mallory' where catalog_id = 'main' and position = $1
"""
CANONICAL = """event_store.canonical_event(
    catalog_id, position, stream_id, version, type, schema_version, data::text,
    actor, correlation_id, causation_id, occurred_at, recorded_at)
"""
REHASHED = f"update event_store.events set digest = sha256(convert_to({CANONICAL}, 'UTF8'))"
_KEEPING = """
    select format('alter table event_store.%I enable always trigger %I', $1::text, tgname)
    from pg_trigger
    where tgrelid = ('event_store.' || $1)::regclass and not tgisinternal
"""


async def grown(engine: AsyncEngine, count: int, catalog: str = "main") -> None:
    """So many events more, quicker than they could be appended. Their digests are made up."""
    async with driver(engine) as connection:
        await connection.execute(_GROW, catalog, count)


async def signed(engine: AsyncEngine, catalog: str = "main") -> KeptCheckpoint:
    """The newest checkpoint, after the worker's job has run."""
    await sign_checkpoints({"engine": engine})
    async with driver(engine) as connection:
        kept = await find_newest(connection, catalog)
    assert kept
    return kept


async def forged(engine: AsyncEngine, position: int) -> None:
    """Another actor, with the digest that belongs to it."""
    await rewritten(engine, "events", _FORGE, position)
    await rewritten(
        engine, "events", f"{REHASHED} where catalog_id = 'main' and position = $1", position
    )


async def rewritten(engine: AsyncEngine, table: str, statement: str, *values: object) -> None:
    """As nobody but a superuser could."""
    async with driver(engine) as connection, connection.transaction():
        await connection.execute(f"alter table event_store.{table} disable trigger all")
        await connection.execute(statement, *values)
        for (kept,) in await connection.fetch(_KEEPING, table):
            await connection.execute(kept)
