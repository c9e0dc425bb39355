"""What is kept of imports, and for how long."""

from datetime import timedelta
from typing import Any

import structlog

from commands.feeds.runs import abandon
from events.database import Connection, driver, statement
from workers.measured import measured

KEEP_RUNS = timedelta(days=400)
"""Who had what imported, and what came of it: as long as audit reads are kept by default."""
KEEP_FAILURES = timedelta(days=30)
"""What imports could not take: as long as their jobs are kept."""
WAIT_FOR_REST = timedelta(days=30)
"""How long an import that was broken off may be gone on with."""
LEFT_OFF = "It was broken off, and nobody went on with it."

_PRUNE_RUNS = statement(__package__, "sql/prune_runs.sql")
_PRUNE_FAILURES = statement(__package__, "sql/prune_failures.sql")
_FIND_LEFT_OFF = statement(__package__, "sql/find_left_off_runs.sql")

log = structlog.get_logger(__name__)


@measured
async def prune_imports(ctx: dict[str, Any]) -> None:
    """Forget imports and what they could not take, and end those that nobody goes on with."""
    async with driver(ctx["engine"]) as connection:
        runs = await connection.execute(_PRUNE_RUNS, KEEP_RUNS)
        failures = await connection.execute(_PRUNE_FAILURES, KEEP_FAILURES)
        left_off = await _end_left_off(connection)
    log.info("imports_pruned", runs=runs, failures=failures, left_off=left_off)


async def _end_left_off(connection: Connection) -> int:
    left = await connection.fetch(_FIND_LEFT_OFF, WAIT_FOR_REST)
    for catalog, source, identity in left:
        async with connection.transaction():
            await abandon(connection, catalog, source, identity, "failed", LEFT_OFF)
    return len(left)
