"""A rebuild is asked for over HTTP."""

from fastapi import APIRouter, Request, Response

from api import outputs
from api.auth.access import CATALOG_REFUSALS, CatalogKey, Operator
from api.auth.decisions import permits
from api.errors import BODY_REFUSALS, Forbidden
from api.jobs.requesting import requested
from api.jobs.showing import members
from api.parameters import ONLY_KNOWN
from api.refusals import answers
from api.resources import Held
from commands.errors import RebuildRunning
from commands.input import Input
from commands.job_hints import hint

router = APIRouter(prefix="/v1/catalogs/{catalog}", tags=["commands"], dependencies=ONLY_KNOWN)


class Rebuild(Input):
    accept_differences: bool = False


@router.post(
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
    job = await requested(
        asked, held, "rebuild", catalog, wanted.model_dump(), actor=principal.username
    )
    await hint(held.redis)
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    return outputs.RebuildJob.model_validate(members(job))
