"""Plans of PostgreSQL: what they look at, also where they know none of the arguments."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

from events.database import Connection


@asynccontextmanager
async def generic_plans(connection: Connection) -> AsyncIterator[None]:
    """As a busy process has them: for `explained`."""
    await connection.execute("set plan_cache_mode = force_generic_plan")
    yield
    await connection.execute("deallocate asked")
    await connection.execute("reset plan_cache_mode")


async def explained(connection: Connection, prepared: str, arguments: str) -> list[dict[str, Any]]:
    """The nodes of what was prepared as `asked`, carried out with these arguments."""
    await connection.execute(prepared)
    asked = f"explain (analyze, timing off, format json) execute asked ({arguments})"
    told = json.loads(await connection.fetchval(asked))
    return [*nodes(told[0]["Plan"])]


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for each in plan.get("Plans", ()):
        yield from nodes(each)


def looked_at(scan: dict[str, Any]) -> float:
    """How many rows, in all of its loops."""
    rows: float = scan["Actual Rows"] + scan.get("Rows Removed by Filter", 0)
    loops: float = scan["Actual Loops"]
    return rows * loops
