"""After the storm: lost answers are asked for again, and what is there is written down."""

import asyncio
from collections.abc import Iterator, Sequence
from random import Random

from events.database import driver
from events.log import read_heads
from tests.appends import logged
from tests.eventually import eventually
from tests.torture.history import Acknowledged, History, Write
from tests.torture.readers import Tail, entry
from tests.torture.stage import Stage
from tests.torture.writers import Writer

ASKED_AGAIN, ASKING_AGAIN = 400, 16
SETTLED_SECONDS = 60.0

STILL_WRITING = """
    select exists (
        select from pg_stat_activity
        where datname = current_database() and state = 'active' and pid <> pg_backend_pid()
          and application_name <> 'catalog-tail'
    )
"""
VERSIONS = "select stream_id, version from event_store.streams"
CLAIMS = "select value, stream_id from event_store.claims"


async def ask_again(writers: Sequence[Writer], seed: int) -> None:
    """Whose answer was lost, and some of the others, as far as they have keys."""
    keyed = [(writer, write) for writer in writers for write in writer.writes if write.key]
    Random(f"{seed} again").shuffle(keyed)
    keyed.sort(key=lambda each: _acknowledged(each[1]))
    asking = iter(keyed[:ASKED_AGAIN])
    async with asyncio.timeout(SETTLED_SECONDS), asyncio.TaskGroup() as group:
        for _ in range(ASKING_AGAIN):
            group.create_task(_ask(asking))


async def _ask(asking: Iterator[tuple[Writer, Write]]) -> None:
    for writer, write in asking:
        await writer.ask_again(write)


def _acknowledged(write: Write) -> bool:
    return any(isinstance(answer.heard, Acknowledged) for answer in write.answers)


async def calm(stage: Stage) -> None:
    """Once nothing is on its way any more, not even what nobody waits for."""
    for door in stage.own:
        await door.appender.drain()
    for process in stage.processes:
        await process.end()

    async def nobody_writes() -> bool:
        async with driver(stage.engine) as connection:
            return not await connection.fetchval(STILL_WRITING)

    await eventually(nobody_writes, within=SETTLED_SECONDS)


async def history(stage: Stage, writers: Sequence[Writer], tails: Sequence[Tail]) -> History:
    log = await logged(stage.engine)
    async with driver(stage.engine) as connection:
        heads = await read_heads(connection)
        versions = await connection.fetch(VERSIONS)
        claims = await connection.fetch(CLAIMS)
    return History(
        writes=[write for writer in writers for write in writer.writes],
        log=[entry(recorded) for recorded in log],
        tails=[tail.met for tail in tails],
        head=heads["main"],
        versions={row["stream_id"]: row["version"] for row in versions},
        claims={row["value"]: row["stream_id"] for row in claims},
    )
