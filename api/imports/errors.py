"""The rows that an import refused, as a file to be corrected and imported again."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import StreamingResponse

from api.errors import NotFound
from api.exporting.forms import CONTENT_TYPES, MEDIA_TYPES
from api.jobs.followed import JOB_REFUSALS, Followed
from api.jobs.showing import is_import
from api.parameters import ONLY_KNOWN
from api.refusals import answers
from api.resources import Held
from api.streaming.accepting import weights
from commands.feeds.refused.pages import ReportForm, refused_rows
from commands.feeds.refused.rows import find_run
from events.database import driver

_RESPONSES = answers(
    200,
    {
        "Cache-Control": "^no-store$",
        "Content-Disposition": '^attachment; filename="import-[0-9a-f-]+-errors\\.(ndjson|csv)"$',
        "Vary": "^Authorization, Accept(, Origin)?$",
    },
    *JOB_REFUSALS,
    NotFound,
)
_RESPONSES[200]["content"] = {
    MEDIA_TYPES[form]: {"schema": {"type": "string", "format": "binary"}}
    for form in ("ndjson", "csv")
}

router = APIRouter(prefix="/v1/jobs/{job_id}/errors", tags=["commands"], dependencies=ONLY_KNOWN)


@router.get("", operation_id="get_import_errors", response_class=Response, responses=_RESPONSES)
async def get_import_errors(
    job: Followed,
    held: Held,
    asked: Annotated[
        ReportForm | None,
        Query(alias="format", description="Unless given, as `Accept` says; else NDJSON"),
    ] = None,
    accept: Annotated[str, Header(include_in_schema=False)] = "*/*",
) -> Response:
    """The rows that an import has refused so far, in their order, with what was wrong in `_errors`.

    Corrected, the file can be imported as it is: what begins with an underscore is passed over.
    Only imports have one, from their first rows on; a month after the end it is forgotten.
    """
    run_id = job.details.get("run_id") if is_import(job) else None
    if run_id is None:
        raise NotFound
    async with driver(held.engine) as connection:
        run = await find_run(connection, UUID(run_id))
    if run is None:
        raise NotFound
    form = asked or _accepted(accept)
    return StreamingResponse(
        refused_rows(held.engine, UUID(run_id), run, form),
        headers={
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="import-{job.id}-errors.{form}"',
            "Content-Type": CONTENT_TYPES[form],
            "Vary": "Authorization, Accept",
        },
    )


def _accepted(accept: str) -> ReportForm:
    named = weights(accept)
    csv, ndjson = (named.get(MEDIA_TYPES[form], 0.0) for form in ("csv", "ndjson"))
    return "csv" if csv > ndjson else "ndjson"
