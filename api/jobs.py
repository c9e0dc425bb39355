"""Jobs over HTTP: a rebuild is asked for on the command side, a job is followed on both."""

from typing import Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Request, Response

from api import outputs
from api.auth.access import CATALOG_REFUSALS, REFUSALS, CatalogKey, Confirmed, Operator
from api.auth.decisions import asking, permits
from api.errors import BODY_REFUSALS, Forbidden
from api.parameters import ONLY_KNOWN
from api.refusals import answers, may_refuse
from api.resources import Held
from commands import jobs
from commands.errors import RebuildRunning, UnknownJob
from commands.input import Input
from commands.job_hints import hint
from commands.jobs import Job
from events.database import driver
from projections.code import code_digest

log = structlog.get_logger(__name__)

router = APIRouter(prefix="/v1/jobs", tags=["operations"], dependencies=ONLY_KNOWN)
requests = APIRouter(prefix="/v1/catalogs/{catalog}", tags=["commands"], dependencies=ONLY_KNOWN)


class Rebuild(Input):
    accept_differences: bool = False


@requests.post(
    "/projections/rebuild",
    status_code=202,
    operation_id="rebuild_projections",
    responses=answers(
        202, {"Location": "^/v1/jobs/[^/]+$"}, *CATALOG_REFUSALS, *BODY_REFUSALS, RebuildRunning
    ),
)
async def rebuild(
    catalog: CatalogKey,
    principal: Operator,
    held: Held,
    asked: Request,
    response: Response,
    body: Rebuild | None = None,
) -> outputs.RebuildJob:
    """Make a new generation of read tables, of all catalogs, and switch to it once it is checked.

    What differs from the tables that it replaces ends the job, unless that is accepted in advance,
    which only an administrator of all catalogs may do. A worker of the same release makes it: the
    job is `queued` until one runs. `Idempotency-Key` has no effect here: while a rebuild is under
    way a second request gets 409.
    """
    wanted = body or Rebuild()
    if wanted.accept_differences and not permits(asked.scope, principal, "administer"):
        raise Forbidden
    async with driver(held.engine) as connection:
        job = await jobs.request(
            connection,
            "rebuild",
            catalog,
            wanted.model_dump(),
            code=code_digest(),
            actor=principal.username,
            correlation_id=asked.state.request_id,
        )
    log.info("job_requested", job_id=str(job.id), kind=job.kind, by=job.actor)
    await hint(held.redis)
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    return outputs.RebuildJob.model_validate(_members(job))


@router.get("/{job_id}", operation_id="get_job", responses=may_refuse(*REFUSALS, UnknownJob))
@asking("operate")
async def get_job(
    job_id: UUID, principal: Confirmed, held: Held, request: Request
) -> outputs.RebuildJob | outputs.Job:
    """How far a job has come, for those who administer its catalog.

    Each kind of job has members of its own; one that failed may have further ones.
    """
    async with driver(held.engine) as connection:
        job = await jobs.find(connection, job_id)
    if job is None or not permits(request.scope, principal, "operate", job.catalog):
        raise UnknownJob
    shown = outputs.RebuildJob if job.kind == "rebuild" else outputs.Job
    return shown.model_validate(_members(job))


def _members(job: Job) -> dict[str, Any]:
    """What every job has is never what its kind has to tell."""
    return {**job.details, **{name: getattr(job, name) for name in outputs.Job.model_fields}}
