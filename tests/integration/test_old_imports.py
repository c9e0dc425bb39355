"""How long is kept what imports did, what they could not take, and what was broken off of them."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncEngine

from commands.feeds.report import Counts
from commands.feeds.tables import FailureRow, RunRow, SeenRow
from tests.acting import acting_as
from workers.old_imports import (
    KEEP_FAILURES,
    KEEP_RUNS,
    LEFT_OFF,
    WAIT_FOR_REST,
    prune_imports,
)

MINUTE = timedelta(minutes=1)


async def kept(engine: AsyncEngine, column: str, table: str) -> set[object]:
    query = text(f"select {column} from feeds.{table}")
    async with engine.connect() as connection:
        return set((await connection.execute(query)).scalars())


async def imported(
    engine: AsyncEngine,
    source: str,
    *,
    begun: timedelta = timedelta(),
    ended: timedelta | None = None,
    held: timedelta | None = None,
) -> None:
    """So long ago; and for so long it is held."""
    run, now = uuid4(), datetime.now(UTC)
    async with engine.begin() as connection:
        await connection.execute(
            insert(RunRow).values(
                run_id=run,
                catalog_id="main",
                source=source,
                mode="upsert",
                dry_run=False,
                identity=b"",
                form="ndjson",
                columns=[],
                actor="ann",
                correlation_id=source,
                head=0,
                counts=Counts().told(),
                begun_at=now - begun,
                ended_at=None if ended is None else now - ended,
                outcome=None if ended is None else "succeeded",
                holder=held and "x",
                held_until=held and now + held,
            )
        )
        await connection.execute(
            insert(FailureRow).values(run_id=run, line=1, faults=[], text=source)
        )
        await connection.execute(insert(SeenRow).values(run_id=run, sku=source, line=1))


@pytest.mark.parametrize("role", [None, "catalog_import"], ids=["owner", "worker"])
async def test_runs_are_kept_for_a_year_and_their_refused_rows_for_a_month(
    engine: AsyncEngine, database_url: str, role: str | None
) -> None:
    """By the worker's own role as well."""
    await imported(engine, "young", ended=KEEP_FAILURES - MINUTE)
    await imported(engine, "older", ended=KEEP_FAILURES + MINUTE)
    await imported(engine, "old", ended=KEEP_RUNS - MINUTE)
    await imported(engine, "oldest", ended=KEEP_RUNS + MINUTE)
    await imported(engine, "open")

    if role is None:
        await prune_imports({"engine": engine})
    else:
        async with acting_as(role, database_url) as worker:
            await prune_imports({"engine": worker})

    assert await kept(engine, "source", "runs") == {"young", "older", "old", "open"}
    assert await kept(engine, "text", "failures") == {"young", "open"}


async def test_what_nobody_goes_on_with_ends_after_a_month(engine: AsyncEngine) -> None:
    old, young = WAIT_FOR_REST + MINUTE, WAIT_FOR_REST - MINUTE
    await imported(engine, "left-off", begun=old)
    await imported(engine, "fresh", begun=young)
    await imported(engine, "going-on", begun=old, held=MINUTE)

    await prune_imports({"engine": engine})

    ended = {f"left-off failed: {LEFT_OFF}"}
    told = "source || ' ' || outcome || ': ' || problem"
    assert await kept(engine, told, "runs where ended_at is not null") == ended
    assert await kept(engine, "sku", "seen") == {"fresh", "going-on"}
