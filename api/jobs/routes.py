"""Jobs over HTTP: followed on both sides, told to end on the command side."""

from typing import Annotated

import structlog
from fastapi import APIRouter, Header, Request, Response

from api import outputs
from api.auth.access import Authenticated
from api.errors import TooManyStreams
from api.jobs.followed import JOB_REFUSALS, Followed
from api.jobs.showing import Shown, shown
from api.jobs.stream import job_stream
from api.parameters import ONLY_KNOWN
from api.refusals import header, may_refuse
from api.resources import Held
from api.streaming.accepting import wants_stream
from api.streaming.wire import MEDIA_TYPE
from commands import jobs
from commands.errors import JobEnded, UnknownJob
from commands.job_hints import hint
from events.database import driver

_FOLLOWED = {
    200: {
        "content": {MEDIA_TYPE: {"schema": {"type": "string"}}},
        "headers": {"X-Accel-Buffering": header("^no$", required=False)},
    }
} | may_refuse(*JOB_REFUSALS, TooManyStreams)

log = structlog.get_logger(__name__)

router = APIRouter(prefix="/v1/jobs/{job_id}", tags=["operations"], dependencies=ONLY_KNOWN)
requests = APIRouter(prefix="/v1/jobs/{job_id}", tags=["commands"], dependencies=ONLY_KNOWN)


@router.get(
    "",
    operation_id="get_job",
    response_model=outputs.RebuildJob | outputs.ImportJob | outputs.Job,
    responses=_FOLLOWED,
)
async def get_job(
    job: Followed,
    caller: Authenticated,
    held: Held,
    request: Request,
    accept: Annotated[str, Header(include_in_schema=False)] = "*/*",
) -> Shown | Response:
    """How far a job has come: an import for who writes to its catalog, others for who operates it.

    Each kind of job has members of its own; one that failed may have further ones. With `Accept:
    text/event-stream` it is told whenever there is something new (WHATWG HTML, 9.2): `data` is the
    job, `event` is `job` or, of the last one, `ended`. Whoever has heard that closes the stream, or
    a browser would open it again.
    """
    if not wants_stream(accept):
        return shown(job)
    held.event_streams.admit(caller.username)
    return job_stream(request, held, caller.username, job)


@requests.post(
    "/cancel",
    status_code=202,
    operation_id="cancel_job",
    response_model=outputs.RebuildJob | outputs.ImportJob | outputs.Job,
    responses=may_refuse(*JOB_REFUSALS, JobEnded),
)
async def cancel(job: Followed, caller: Authenticated, held: Held) -> Shown:
    """Have a job end: the worker that has it stops within a second or so, another does not begin.

    What it has done stays: an import's rows so far are imported. A job that is `cancelling` may
    still come to its end first.
    """
    async with driver(held.engine) as connection:
        found = await jobs.cancel(connection, job.id)
    if found is None:
        raise UnknownJob
    if found.finished_at:
        raise JobEnded(state=found.state)
    log.info("job_cancelled", job_id=str(job.id), kind=job.kind, by=caller.username)
    await hint(held.redis)
    return shown(found)
