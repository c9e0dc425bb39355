"""The job that rebuilds all that is read: how `projections.rebuild` is run by a worker."""

from dataclasses import asdict

from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import pool
from projections.rebuild import Rebuilding, rebuild
from workers.job_leases import Details, JobLease
from workers.job_report import Report

POOL_SIZE = 10


async def run_rebuild(
    engine: AsyncEngine, redis: Redis, lease: JobLease, report: Report
) -> Details:
    """On connections of its own, whose statements may take long."""
    url = engine.url.render_as_string(hide_password=False)
    accept = bool(lease.job.arguments.get("accept_differences"))
    async with pool(
        url, application="catalog-rebuild", pool_size=POOL_SIZE, command_timeout=None
    ) as own:
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
