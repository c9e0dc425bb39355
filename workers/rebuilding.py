"""The job that rebuilds all that is read: how `projections.rebuild` is run by a worker."""

from dataclasses import asdict

from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from projections.rebuild import Rebuilding, rebuild, rebuild_pool
from workers.job_leases import Details, JobLease
from workers.job_report import Report


async def run_rebuild(
    engine: AsyncEngine, redis: Redis, lease: JobLease, report: Report
) -> Details:
    """On connections of its own."""
    url = engine.url.render_as_string(hide_password=False)
    accept = bool(lease.job.arguments.get("accept_differences"))
    async with rebuild_pool(url) as own:
        rebuilt = await rebuild(
            Rebuilding(
                own,
                redis,
                f"{lease.holder}/{lease.job.id}",
                accept_differences=accept,
                report=report,
            )
        )
    return asdict(rebuilt) | {"phase": "done"}
