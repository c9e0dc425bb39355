"""How many jobs wait for a worker, and for how long."""

from collections.abc import Collection

from events.database import Connection, statement
from workers import metrics

_COUNT = statement(__package__, "sql/count_queued_jobs.sql")


async def measure_waiting(connection: Connection, kinds: Collection[str]) -> None:
    """Of all workers: each tells the same."""
    waiting = {each["kind"]: each for each in await connection.fetch(_COUNT)}
    for kind in kinds:
        each = waiting.get(kind)
        metrics.JOBS_WAITING.labels(kind).set(each["jobs"] if each else 0)
        metrics.JOB_WAIT_SECONDS.labels(kind).set(each["age"] if each else 0)
