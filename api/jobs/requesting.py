"""A job is asked for by a request."""

from collections.abc import Mapping
from typing import Any

import structlog
from fastapi import Request

from api.resources import Resources
from commands import jobs
from commands.jobs import Job
from events.database import driver
from projections.code import code_digest

log = structlog.get_logger(__name__)


async def requested(
    request: Request,
    held: Resources,
    kind: str,
    catalog: str,
    arguments: Mapping[str, Any],
    *,
    actor: str,
    **logged: object,
) -> Job:
    """What is `logged` stands beside the rest. Raises what `commands.jobs.request` does."""
    async with driver(held.engine) as connection:
        job = await jobs.request(
            connection,
            kind,
            catalog,
            arguments,
            code=code_digest(),
            actor=actor,
            correlation_id=request.state.request_id,
        )
    log.info("job_requested", job_id=str(job.id), kind=job.kind, by=job.actor, **logged)
    return job
